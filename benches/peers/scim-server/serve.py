"""scim2-server's application behind waitress, which keeps connections open: `python serve.py TOKEN` prints its port."""

import sys

import waitress.server
from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

provider = ScimProvider.from_discovery(
    load_default_schemas().values(),
    load_default_resource_types().values(),
    config=load_default_service_provider_config(),
)
application = BearerTokenApplication(
    InMemoryStorage(), provider, service=ScimService(provider, secret="a secret for cursors"), bearer_tokens=sys.argv[1:]
)
server = waitress.server.create_server(application, host="127.0.0.1", port=0, threads=4)
print(f"port {server.effective_port}", flush=True)
server.run()
