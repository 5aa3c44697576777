package io.vestibule.gateway.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileProps;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A key set in a file, which may be a link that is switched (as mounted secrets are). */
final class JwksFile implements JwksSource {
  private final Vertx vertx;
  private final String path;
  private final Duration deadline;

  JwksFile(Vertx vertx, String path, Duration deadline) {
    this.vertx = vertx;
    this.path = path;
    this.deadline = deadline;
  }

  @Override
  public Future<Buffer> read() {
    return props()
        .compose(props -> props.size() > MAX_BYTES ? tooLarge() : vertx.fileSystem().readFile(path))
        // It may have grown in between.
        .compose(bytes -> bytes.length() > MAX_BYTES ? tooLarge() : Future.succeededFuture(bytes))
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Future<String> stamp() {
    return props()
        .map(props -> props.lastModifiedTime() + "/" + props.size())
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public String place() {
    return path;
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private Future<FileProps> props() {
    return vertx
        .fileSystem()
        .props(path)
        .recover(e -> Future.failedFuture(new IOException("the file cannot be read")))
        .compose(props -> props.isRegularFile() ? Future.succeededFuture(props) : Future.failedFuture(new IOException("it is not a file")));
  }

  private static Future<Buffer> tooLarge() {
    return Future.failedFuture(new IOException("it is larger than " + MAX_BYTES + " bytes"));
  }
}
