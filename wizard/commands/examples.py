"""Examples for the help of each command: the command line, and what it does."""

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "wizard": (
        ("wif-wizard", "start from what is found on this machine"),
        ("wif-wizard wizard setup.yaml", "open a setup file"),
    ),
    "plan": (
        ("wif-wizard plan setup.yaml", "show every change"),
        ("wif-wizard plan setup.yaml --only google", "leave AWS to someone else"),
        ("wif-wizard plan setup.yaml --json", "for a program"),
    ),
    "apply": (
        ("wif-wizard apply setup.yaml", "show the plan, ask, then apply it"),
        ("wif-wizard apply setup.yaml --yes --json", "in a pipeline"),
        ("wif-wizard apply setup.yaml --only aws --yes", "leave Google Cloud to someone else"),
    ),
    "test": (
        ("wif-wizard test setup.yaml", "from the place that fits the setup"),
        ("wif-wizard test setup.yaml --yes --strict --junit test.xml", "in CI, where all must be proven"),
        ("wif-wizard test config.json", "a credential configuration, as its role"),
    ),
    "runs": (
        ("wif-wizard runs", "the newest run first"),
        ("wif-wizard runs --json", "with every write"),
    ),
    "demo": (
        ("wif-wizard demo", "AWS Batch loads data into BigQuery"),
        ("wif-wizard demo --scenario gke-spanner", "a service on GKE reads Spanner"),
    ),
    "sandbox": (
        ("wif-wizard sandbox --env-file sandbox.env", "load it in another shell: . ./sandbox.env"),
        ("wif-wizard sandbox --scenario gke-spanner --latency 100ms", "a GKE cluster, and slow calls"),
    ),
    "schema": (
        ("wif-wizard schema", "of the setup file, for your editor"),
        ("wif-wizard schema plan", "of what plan --json prints"),
    ),
    "completion": (
        ("wif-wizard completion bash", 'in ~/.bashrc: eval "$(wif-wizard completion bash)"'),
        ("wif-wizard completion zsh", 'in ~/.zshrc, after compinit: eval "$(wif-wizard completion zsh)"'),
        ("wif-wizard completion fish", "in config.fish: wif-wizard completion fish | source"),
    ),
}
"""Name of a command -> its examples."""
