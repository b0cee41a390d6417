// The page of the interface for programs: Swagger on the schema, with the session's own token against forged forms.
"use strict";

const place = document.getElementById("api-docs");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  persistAuthorization: false,
  requestInterceptor(request) {
    if (!["GET", undefined].includes(request.method)) {
      request.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
    }
    return request;
  },
});
