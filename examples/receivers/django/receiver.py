"""A Django project in one file; in a project of yours, take the view and the line of `urlpatterns`."""

import json
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["localhost", "127.0.0.1", "host.docker.internal"],
    # The result of a crossover lists all its trades: leave room beyond the default of 2.5 MB.
    DATA_UPLOAD_MAX_MEMORY_SIZE=10_000_000,
)


@csrf_exempt
@require_POST
def receive(request):
    try:
        callback = json.loads(request.body)
    except ValueError:
        return JsonResponse({"error": "The body is not JSON"}, status=400)
    execution = f"Execution {callback['execution_id']} of {callback['strategy']}"
    status = callback["status"]
    if status == "completed":
        print(f"{execution} completed: return {callback['result']['return']:.2%}", flush=True)
    else:
        print(f"{execution} {status}: {callback['error_message']}", flush=True)
    return JsonResponse({"status": "received"})


urlpatterns = [path("webhook/strategy-result", receive)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
