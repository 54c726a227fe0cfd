// A program that was never told of the sandbox.
const { BigQuery } = require('@google-cloud/bigquery');

new BigQuery().createQueryJob({ query: 'SELECT 1', dryRun: true }).then(([job]) => console.log(job.metadata.status.state));
