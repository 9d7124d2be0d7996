"""The description of the API for programs, and its pages for people."""

from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class SchemaView(SpectacularAPIView):
    """GET: OpenAPI 3 as JSON."""

    renderer_classes = [OpenApiJsonRenderer2]
    authentication_classes = ()


class DocsView(SpectacularSwaggerSplitView):
    """GET: the same as pages, without inline scripts and without anybody else's server."""

    authentication_classes = ()
    template_name = "api/docs.html"
    url_name = "api-schema"
