package io.vestibule.gateway.auth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A key set at an http or https URL. One GET with a deadline over all of it and a limit on the body; certificates are checked against the
 * JDK's authorities. Redirects are not followed: what the configuration names is what is trusted.
 */
final class JwksUrl implements JwksSource {
  private final HttpClient client;
  private final String url;
  private final Duration deadline;

  JwksUrl(Vertx vertx, String url, Duration deadline) {
    this.url = url;
    this.deadline = deadline;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(deadline.toMillis()))
                // Minutes lie between two readings: an idle connection would only be found dead.
                .setKeepAlive(false)
                .setVerifyHost(true));
  }

  @Override
  public Future<Buffer> read() {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(url)
            .setFollowRedirects(false)
            .putHeader("Accept", "application/jwk-set+json, application/json");
    return client
        .request(request)
        .compose(this::body)
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .recover(e -> Future.failedFuture(e instanceof TimeoutException ? tooLate() : e));
  }

  @Override
  public Future<String> stamp() {
    return Future.succeededFuture("");
  }

  @Override
  public String place() {
    URI uri = URI.create(url);
    return uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }

  private IOException tooLate() {
    return new IOException("no answer within " + deadline.toMillis() + " ms");
  }

  private Future<Buffer> body(HttpClientRequest request) {
    return request
        .send()
        .compose(JwksUrl::body)
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        // Whatever went wrong, nothing of this answer is wanted any more.
        .onFailure(e -> request.reset());
  }

  private static Future<Buffer> body(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      return Future.failedFuture(new IOException("the answer was " + response.statusCode()));
    }
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > MAX_BYTES) {
            whole.tryFail(new IOException("it is larger than " + MAX_BYTES + " bytes"));
          } else {
            body.appendBuffer(chunk);
          }
        });
    response.exceptionHandler(whole::tryFail);
    response.endHandler(end -> whole.tryComplete(body));
    return whole.future();
  }
}
