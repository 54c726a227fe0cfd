"""Examples for the help of each command: the command line, and what it does."""

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "wizard": (
        ("wif-wizard", "start the wizard with defaults from this machine"),
        ("wif-wizard wizard setup.yaml", "open a setup file"),
        (
            "wif-wizard wizard cluster/payments",
            "list the workloads of a GKE cluster, and set up the workloads that you choose",
        ),
    ),
    "plan": (
        ("wif-wizard plan setup.yaml", "show every change"),
        ("wif-wizard plan setup.yaml --only google", "plan only the Google Cloud side, and print the commands for AWS"),
        ("wif-wizard plan setups/", "plan every setup in a folder, and print one table"),
    ),
    "apply": (
        ("wif-wizard apply setup.yaml", "show the plan, ask for confirmation, then apply the plan"),
        (
            "wif-wizard apply a.yaml b.yaml --yes --json",
            "apply one setup after another, without asking for confirmation",
        ),
        (
            "wif-wizard apply setup.yaml --only aws --yes",
            "apply only the AWS side, and print the commands for Google Cloud",
        ),
    ),
    "test": (
        ("wif-wizard test setup.yaml", "run the test in the default place for the setup"),
        (
            "wif-wizard test setups/ --yes --strict --junit test.xml",
            "in CI, test every setup in a folder, and fail if a step is not proven",
        ),
        ("wif-wizard test config.json", "test a credential configuration with an IAM role"),
    ),
    "doctor": (
        (
            "wif-wizard doctor setup.yaml",
            "compare the setup with the resources, run the live test, and name the cause of a failure",
        ),
        ("wif-wizard doctor config.json --fix", "find the setup for a credential configuration, and fix the findings"),
        ("wif-wizard doctor setups/", "check every setup in a folder, and print one table"),
    ),
    "export": (
        ("wif-wizard export setup.yaml all --out access", "write all exports to one folder for a pull request"),
        ("wif-wizard export setup.yaml script --out .", "write apply.sh next to the setup file"),
        ("wif-wizard export setup.yaml app", "print the files for the application, and the purpose of each file"),
    ),
    "probe": (
        (
            "wif-wizard probe setup.yaml",
            "print the probe script for a setup; redirect the output to a file, such as probe.py",
        ),
        ("wif-wizard probe", "print a probe script that tests the workload's own credential configuration"),
    ),
    "runs": (
        ("wif-wizard runs", "list the runs, newest first"),
        ("wif-wizard runs --json", "list the runs and their changes, as JSON"),
    ),
    "resume": (
        ("wif-wizard resume", "resume the newest unfinished run"),
        (
            "wif-wizard resume 20261130 --yes",
            "resume the run whose ID begins with these characters, without asking for confirmation",
        ),
    ),
    "revert": (
        ("wif-wizard revert", "show the plan that reverts the newest run, and ask for confirmation"),
        ("wif-wizard revert --all setup.yaml", "revert every run of a setup"),
        ("wif-wizard revert --journal pat.db --yes", "revert the newest run in the journal of a colleague"),
    ),
    "demo": (
        ("wif-wizard demo", "an AWS Batch job loads data into BigQuery"),
        ("wif-wizard demo --scenario gke-spanner", "a service on GKE reads data from Spanner"),
        ("wif-wizard demo --broken random", "a fault breaks the setup, and the doctor names the cause"),
    ),
    "sandbox": (
        ("wif-wizard sandbox -- bash", "open a shell in the sandbox; to stop the sandbox, run exit"),
        ("wif-wizard sandbox --env-file sandbox.env", "in another terminal, run: source sandbox.env"),
        ("wif-wizard sandbox --scenario gke-spanner --latency 100ms", "serve a GKE sandbox, and delay each API call"),
    ),
    "serve-credentials": (
        ("wif-wizard serve-credentials -- ./my-program", "run a program with the credentials of its ECS task"),
        (
            "wif-wizard serve-credentials --port 16925",
            "run as a sidecar, and serve credentials to the other containers of the task or pod",
        ),
        (
            "wif-wizard serve-credentials --print",
            "print the server as one Python file, for an image that has Python 3.8 or newer",
        ),
    ),
    "schema": (
        ("wif-wizard schema", "print the schema of the setup file, for your editor"),
        ("wif-wizard schema plan", "print the schema of the output of plan --json"),
    ),
    "completion": (
        ("wif-wizard completion bash", 'add to ~/.bashrc: eval "$(wif-wizard completion bash)"'),
        ("wif-wizard completion zsh", 'add to ~/.zshrc, after compinit: eval "$(wif-wizard completion zsh)"'),
        ("wif-wizard completion fish", "add to config.fish: wif-wizard completion fish | source"),
    ),
}
"""Name of a command -> its examples."""
