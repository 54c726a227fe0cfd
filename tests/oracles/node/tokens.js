// Gets a token for each case with google-auth-library; cases come on standard input, results go to standard output.
const { GoogleAuth } = require('google-auth-library');

const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';

async function token({ config, variables }) {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    const client = await new GoogleAuth({ credentials: config, scopes: [CLOUD_PLATFORM] }).getClient();
    return { token: (await client.getAccessToken()).token };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

async function main() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const results = {};
  // One after the other: the library reads its AWS keys from the process's own environment.
  for (const [name, given] of Object.entries(JSON.parse(text))) results[name] = await token(given);
  process.stdout.write(JSON.stringify(results));
}

main();
