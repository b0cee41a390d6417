"""Whether the web process of this container answers: `/healthz` under the first host it serves."""

import os
import urllib.request

HOST = os.environ["ALLOWED_HOSTS"].split(",")[0]
ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz"

with urllib.request.urlopen(urllib.request.Request(ADDRESS, headers={"Host": HOST}), timeout=4):
    pass
