package io.vestibule.cluster.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A Lua script, which Redis is asked to run by its digest, and is told only when it does not know it. */
public final class RedisScript {
  private final String text;
  private final String digest;

  private RedisScript(String text) {
    this.text = text;
    this.digest = sha1(text);
  }

  /** Reads a script that stands beside the class that owns it, after others that it needs. */
  public static RedisScript of(Class<?> owner, String... files) {
    StringBuilder text = new StringBuilder();
    for (String file : files) {
      try (InputStream in = owner.getResourceAsStream(file)) {
        text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
    return new RedisScript(text.toString());
  }

  /** Runs it, as {@link RedisLink#send} says. */
  public Future<Response> run(RedisLink link, List<String> keys, List<Buffer> arguments) {
    return link.send(request(Command.EVALSHA, digest, keys, arguments))
        .recover(thrown -> isUnknown(thrown) ? link.send(request(Command.EVAL, text, keys, arguments)) : Future.failedFuture(thrown));
  }

  /** Runs it with a command right behind it, as {@link RedisLink#send(Request, Request)} says. */
  public Future<List<Response>> run(RedisLink link, List<String> keys, List<Buffer> arguments, Request behind) {
    return link.send(request(Command.EVALSHA, digest, keys, arguments), behind)
        .recover(thrown -> isUnknown(thrown) ? link.send(request(Command.EVAL, text, keys, arguments), behind) : Future.failedFuture(thrown));
  }

  private static boolean isUnknown(Throwable thrown) {
    return thrown.getMessage() != null && thrown.getMessage().startsWith("NOSCRIPT");
  }

  private static Request request(Command command, String script, List<String> keys, List<Buffer> arguments) {
    Request request = Request.cmd(command).arg(script).arg(keys.size());
    keys.forEach(request::arg);
    arguments.forEach(request::arg);
    return request;
  }

  private static String sha1(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
