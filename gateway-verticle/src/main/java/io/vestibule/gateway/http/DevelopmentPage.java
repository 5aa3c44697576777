package io.vestibule.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** The page at {@code /} that lets a newcomer try everything; served in development mode only, from the jar. */
final class DevelopmentPage {
  private static final String FOLDER = "/io/vestibule/gateway/page/";
  private static final String INDEX = "index.html";
  private static final List<String> FILES = List.of(INDEX, "style.css", "icon.svg", "app.js", "connection.js", "feed.js", "frames.js",
      "person.js", "snippets.js");

  /** Nothing from elsewhere, nothing inline, nobody frames it; sockets go to this server, whose scheme for them 'self' does not cover in all browsers. */
  private static final String POLICY = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
      + "form-action 'none'; frame-ancestors 'none'";

  private final List<PageFile> files;

  private DevelopmentPage(List<PageFile> files) {
    this.files = files;
  }

  private record PageFile(String name, String mediaType, Buffer content) {}

  /** Reads the page's files: a few, from the jar that is open anyway, once at the start. */
  static DevelopmentPage load() {
    return new DevelopmentPage(FILES.stream().map(name -> new PageFile(name, mediaType(name), read(name))).toList());
  }

  /** The names of the files. */
  static Stream<String> files() {
    return FILES.stream();
  }

  void mount(Router router) {
    for (PageFile file : files) {
      Pages.mount(router, file.name.equals(INDEX) ? "/" : "/" + file.name, routed -> serve(file, routed));
    }
  }

  private static void serve(PageFile file, RoutingContext routed) {
    Pages.end(routed.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, file.mediaType)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer"), file.content);
  }

  private static String mediaType(String name) {
    return switch (name.substring(name.lastIndexOf('.'))) {
      case ".html" -> "text/html; charset=utf-8";
      case ".css" -> "text/css; charset=utf-8";
      case ".svg" -> "image/svg+xml";
      default -> "text/javascript; charset=utf-8";
    };
  }

  private static Buffer read(String name) {
    try (InputStream in = DevelopmentPage.class.getResourceAsStream(FOLDER + name)) {
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
