const { GoogleAuth } = require('google-auth-library');

async function main() {
  const client = await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }).getClient();
  const answer = await client.request({ url: 'https://cloudresourcemanager.googleapis.com/v1/projects/acme-analytics' });
  console.log(answer.data.projectNumber);
}

main();
