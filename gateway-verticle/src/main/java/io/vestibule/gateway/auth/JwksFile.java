package io.vestibule.gateway.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A key set in a file, which may be a link that is switched (as mounted secrets are). */
final class JwksFile implements JwksSource {
  private static final String UNREADABLE = "the file cannot be read";
  private static final String NO_FILE = "it is not a file";
  private static final String TOO_LARGE = "it is larger than " + MAX_BYTES + " bytes";

  private final Vertx vertx;
  private final String path;
  private final Duration deadline;

  JwksFile(Vertx vertx, String path, Duration deadline) {
    this.vertx = vertx;
    this.path = path;
    this.deadline = deadline;
  }

  /** What is in a file, for whoever may block. */
  static byte[] bytes(String path) throws IOException {
    Path file = Path.of(path);
    if (!Files.isReadable(file)) {
      throw new IOException(UNREADABLE);
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(NO_FILE);
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(TOO_LARGE);
    }
    return Files.readAllBytes(file);
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
        .recover(e -> Future.failedFuture(new IOException(UNREADABLE)))
        .compose(props -> props.isRegularFile() ? Future.succeededFuture(props) : Future.failedFuture(new IOException(NO_FILE)));
  }

  private static Future<Buffer> tooLarge() {
    return Future.failedFuture(new IOException(TOO_LARGE));
  }
}
