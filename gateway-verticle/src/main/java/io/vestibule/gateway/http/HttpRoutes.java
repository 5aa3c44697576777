package io.vestibule.gateway.http;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/** Everything of a gateway's listener that is plain HTTP. */
public final class HttpRoutes {
  private HttpRoutes() {}

  /**
   * Adds the routes to the router of an event loop. To be called before other routes are added: what follows has a correlation id, and its failures become
   * {@link Problem}s.
   */
  public static void mount(Router router, HttpServices services) {
    router.route().handler(Exchange::begin);
    new Failures(router, services.meters()).mount();
    services.operations().forEach(routes -> routes.accept(router));
    RefusedCalls refused = new RefusedCalls(System::nanoTime);
    new ApiRoutes(services, refused).mount(router);
    new WaitingRoutes(services, refused).mount(router);
    new OperatorRoutes(services, refused).mount(router);
    services.development().ifPresentOrElse(
        minter -> {
          new DevelopmentTokens(minter, services).mount(router);
          DevelopmentPage.load().mount(router);
        },
        () -> Pages.mount(router, "/", routed -> ApiRoutes.respond(routed, new JsonObject().put("name", "vestibule"))));
  }
}
