"""The recipes: short, with no value to replace, in the form of their libraries, and understood by compilers.

Go and Java are compiled against the parts of the libraries' interfaces that the recipes use (`stubs`, and below): the
suite installs no modules for them. tests/oracles runs the recipes for Python and Node.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from tests.modes.aws.recipes import recipes
from wizard.chain import serve_credentials
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.modes.aws import sidecar

PROVIDER = ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333")
ACCOUNT = "bq-loader@acme-analytics.iam.gserviceaccount.com"
CONFIG = credential_config(PROVIDER)
CONFIGS = {
    "direct": CONFIG,
    "impersonated": credential_config(PROVIDER, service_account=ACCOUNT),
    "short-lived": credential_config(PROVIDER, service_account=ACCOUNT, token_lifetime=1800),
}
CODE = {"google_auth.py": "#", "googleauth.go": "//", "google-auth.js": "//", "GoogleAuth.java": "//"}
"""File of a recipe -> how a comment begins."""
STUBS = Path(__file__).with_name("stubs")
GO_PACKAGES = {
    "golang.org/x/oauth2": "oauth2.go",
    "golang.org/x/oauth2/google/externalaccount": "externalaccount.go",
    "github.com/aws/aws-sdk-go-v2/aws": "aws.go",
    "github.com/aws/aws-sdk-go-v2/config": "config.go",
}
GOOGLE, AWS = "com.google.auth.oauth2", "software.amazon.awssdk.auth.credentials"
JAVA = {
    f"{GOOGLE}.ExternalAccountSupplierContext": "public class ExternalAccountSupplierContext {}",
    f"{GOOGLE}.AwsSecurityCredentials": "public class AwsSecurityCredentials {"
    " public AwsSecurityCredentials(String id, String secret, String token) {} }",
    f"{GOOGLE}.AwsSecurityCredentialsSupplier": "public interface AwsSecurityCredentialsSupplier"
    " extends java.io.Serializable {"
    " String getRegion(ExternalAccountSupplierContext context) throws java.io.IOException;"
    " AwsSecurityCredentials getCredentials(ExternalAccountSupplierContext context) throws java.io.IOException; }",
    f"{GOOGLE}.GoogleCredentials": "public class GoogleCredentials {"
    " public static GoogleCredentials getApplicationDefault() throws java.io.IOException { return null; }"
    " public GoogleCredentials createScoped(String... scopes) { return this; } }",
    f"{GOOGLE}.AwsCredentialSource": "public class AwsCredentialSource {}",
    f"{GOOGLE}.AwsCredentials": "public class AwsCredentials extends GoogleCredentials {"
    " public static Builder newBuilder(AwsCredentials other) { return new Builder(); }"
    " public static class Builder {"
    " public Builder setCredentialSource(AwsCredentialSource source) { return this; }"
    " public Builder setAwsSecurityCredentialsSupplier(AwsSecurityCredentialsSupplier supplier) { return this; }"
    " public AwsCredentials build() { return null; } } }",
    f"{AWS}.AwsCredentials": "public interface AwsCredentials { String accessKeyId(); String secretAccessKey(); }",
    f"{AWS}.AwsSessionCredentials": "public abstract class AwsSessionCredentials implements AwsCredentials {"
    " public abstract String sessionToken(); }",
    f"{AWS}.DefaultCredentialsProvider": "public class DefaultCredentialsProvider {"
    " public static Builder builder() { return new Builder(); }"
    " public AwsCredentials resolveCredentials() { return null; }"
    " public static class Builder {"
    " public DefaultCredentialsProvider build() { return new DefaultCredentialsProvider(); } } }",
}
"""The public parts of Google's library (1.24 and newer) and of the AWS SDK (2.x) that the recipe for Java uses."""


def need(program: str) -> None:
    """Skip the test, and say why, where a compiler is not installed."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def lines_of_code(text: str, comment: str) -> list[str]:
    """The lines, without blank ones, comments, imports and the name of the package."""
    inside = re.sub(r"(?ms)^import \(.*?^\)$", "", text)
    skipped = ("import ", "from ", "package ", "const { ", comment, "/**", "@Override")
    lines = [line.strip() for line in inside.splitlines()]
    imports = [line for line in lines if line.startswith("const {") and "require(" in line]
    return [line for line in lines if line and line not in imports and not line.startswith(skipped)]


@pytest.mark.parametrize("file", CODE)
@pytest.mark.parametrize("access", ["direct", "impersonated"])
def test_a_recipe_has_at_most_20_lines_of_code(file: str, access: str) -> None:
    lines = lines_of_code(recipes(CONFIGS[access])[file], CODE[file])
    assert 10 <= len(lines) <= 20, lines


@pytest.mark.parametrize("file", CODE)
def test_a_recipe_has_no_value_to_replace(file: str) -> None:
    text = recipes(CONFIG)[file]
    assert not re.search(r"YOUR|REPLACE|TODO|<[a-z-]+>|\bexample\b", text)


@pytest.mark.parametrize("access", CONFIGS)
def test_the_recipe_for_go_compiles_and_is_formatted(tmp_path: Path, access: str) -> None:
    need("go")
    sources = tmp_path / "src"
    for package, stub in GO_PACKAGES.items():
        (sources / package).mkdir(parents=True)
        shutil.copy(STUBS / stub, sources / package)
    (sources / "googleauth").mkdir()
    (sources / "googleauth" / "googleauth.go").write_text(recipes(CONFIGS[access])["googleauth.go"], encoding="utf-8")
    environ = {**os.environ, "GO111MODULE": "off", "GOPATH": str(tmp_path), "GOFLAGS": "", "GOPROXY": "off"}
    environ["GOCACHE"] = str(tmp_path / "cache")
    options = {"env": environ, "capture_output": True, "text": True, "timeout": 240, "check": False}
    built = subprocess.run(["go", "vet", "googleauth"], **options)
    assert (built.returncode, built.stderr) == (0, "")
    formatted = subprocess.run(["gofmt", "-d", str(sources / "googleauth")], **options)
    assert formatted.stdout == ""


def test_the_recipe_for_go_has_the_values_of_the_configuration() -> None:
    text = recipes(CONFIGS["short-lived"])["googleauth.go"]
    assert json.dumps(CONFIG["audience"]) in text
    assert json.dumps(CONFIGS["short-lived"]["service_account_impersonation_url"]) in text
    assert "ServiceAccountImpersonationLifetimeSeconds: 1800," in text
    assert "TokenURL" not in text
    elsewhere = recipes({**CONFIG, "token_url": "https://sts.mtls.googleapis.com/v1/token"})["googleauth.go"]
    assert 'TokenURL:                       "https://sts.mtls.googleapis.com/v1/token",' in elsewhere


def test_the_recipe_for_java_compiles(tmp_path: Path) -> None:
    need("javac")
    for name, text in JAVA.items():
        package, _, short = name.rpartition(".")
        file = tmp_path / "stubs" / package.replace(".", "/") / f"{short}.java"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"package {package};\n{text}\n", encoding="utf-8")
    (tmp_path / "GoogleAuth.java").write_text(recipes(CONFIG)["GoogleAuth.java"], encoding="utf-8")
    command = ["javac", "-Xlint:all,-serial,-path", "-Werror", "-d", str(tmp_path / "classes")]
    command += ["-sourcepath", str(tmp_path / "stubs"), str(tmp_path / "GoogleAuth.java")]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stderr


def test_the_recipe_for_node_is_understood(tmp_path: Path) -> None:
    need("node")
    file = tmp_path / "google-auth.js"
    file.write_text(recipes(CONFIG)["google-auth.js"], encoding="utf-8")
    checked = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True, timeout=60, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_part_of_the_task_definition_is_what_ecs_takes() -> None:
    part = json.loads(recipes(CONFIG)["sidecar-task-definition.json"])
    app, beside = part["containerDefinitions"]
    whole = {**part, "family": "app", "containerDefinitions": [{**app, "image": "app"}, beside]}
    _check("ecs", "RegisterTaskDefinition", whole)
    assert beside["essential"] is False
    assert app["dependsOn"] == [{"containerName": beside["name"], "condition": "HEALTHY"}]
    assert len(json.dumps(whole)) < 64 * 1024 - 16 * 1024  # a definition has at most 64 KiB: most is left


def test_the_part_of_the_job_definition_is_what_batch_takes() -> None:
    part = json.loads(recipes(CONFIG, "batch-fargate")["sidecar-job-definition.json"])
    properties = part["ecsProperties"]["taskProperties"][0]
    properties["containers"][0] |= {"image": "app"}
    whole = {**part, "jobDefinitionName": "app", "type": "container", "platformCapabilities": ["FARGATE"]}
    _check("batch", "RegisterJobDefinition", whole)
    assert len(json.dumps(whole, separators=(",", ":"))) < 20 * 1024  # Batch takes at most 24 KiB
    assert not re.search(r"Ref::|\$\(", json.dumps(whole))  # Batch would replace them


def _check(service: str, operation: str, document: dict[str, object]) -> None:
    """Check the parameters of an operation against the cloud's own model."""
    shape = get_session().get_service_model(service).operation_model(operation).input_shape
    assert ParamValidator().validate(document, shape).generate_report() == ""


def test_the_lines_for_a_dockerfile_make_it_the_parent_process() -> None:
    found = recipes(CONFIG)
    lines = found["Dockerfile.unchanged"].splitlines()
    assert "COPY --chmod=0644 serve_credentials.py /usr/local/lib/serve_credentials.py" in lines
    assert 'ENTRYPOINT ["python3", "-I", "-S", "/usr/local/lib/serve_credentials.py", "--"]' in lines
    assert found["serve_credentials.py"] == Path(serve_credentials.__file__).read_text(encoding="utf-8")


def test_the_part_of_a_pod_is_what_kubernetes_takes() -> None:
    from lightkube.models.core_v1 import PodSpec

    made = sidecar.pod("{}", "/etc/google/credentials.json", {"AWS_REGION": "ap-northeast-1"})
    assert PodSpec.from_dict(made).to_dict() == made  # a key that it does not know would be lost
