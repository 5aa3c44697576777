package io.vestibule.gateway.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jose4j.lang.JoseException;

/**
 * The keys that verify tokens, one source for a node: those of the configuration for good, those of a JSON Web Key Set as they
 * change. No set of keys serves before {@link FailOpenGuard} has seen it refuse forgeries. Any thread.
 */
public final class KeySource {
  /** Slow signature checks under way on a node: about half a second of them. */
  private static final int MAX_SLOW_CHECKS = 512;

  private static final EventLog LOG = EventLog.of(KeySource.class);

  private final Vertx vertx;
  private final AuthConfig.Jwt config;
  private final List<VerificationKey> configured;
  private final JwksParser parser;
  private final VerifyPool pool;
  private final JwksRefresher refresher;
  private volatile KeySet keys;

  private KeySource(Vertx vertx, AuthConfig.Jwt config, JwksTiming timing, KeySet first, UnaryOperator<Future<Void>> watch) {
    this.vertx = vertx;
    this.config = config;
    this.configured = first.keys();
    this.keys = first;
    this.parser = new JwksParser(config.accepted(), !config.jwksIsUrl());
    this.pool = new VerifyPool(vertx, MAX_SLOW_CHECKS);
    this.refresher = config.jwks().isEmpty() ? null : new JwksRefresher(vertx, source(vertx, config, timing), timing, this::take, watch);
  }

  /**
   * Reads the keys and begins to watch the key set.
   *
   * @return the source; fails with {@link IllegalArgumentException}, whose message names the configuration's key, if a key
   *     cannot be read or used, or if the key set is unusable (or an unreadable file) and there is no other key. A URL that
   *     cannot be reached is no reason not to start: tokens are answered with {@code KEYS_UNAVAILABLE} until it can
   */
  public static Future<KeySource> open(Vertx vertx, AuthConfig config) {
    return open(vertx, config, UnaryOperator.identity());
  }

  /**
   * The same.
   *
   * @param watch sees each reading of the key set, as it begins
   */
  public static Future<KeySource> open(Vertx vertx, AuthConfig config, UnaryOperator<Future<Void>> watch) {
    return open(vertx, config, JwksTiming.of(config.jwt().jwksRefresh()), watch);
  }

  static Future<KeySource> open(Vertx vertx, AuthConfig config, JwksTiming timing) {
    return open(vertx, config, timing, UnaryOperator.identity());
  }

  private static Future<KeySource> open(Vertx vertx, AuthConfig config, JwksTiming timing, UnaryOperator<Future<Void>> watch) {
    AuthConfig.Jwt jwt = config.jwt();
    return vertx
        .executeBlocking(() -> configured(jwt), false)
        .map(first -> new KeySource(vertx, jwt, timing, first, watch))
        .compose(KeySource::begin);
  }

  /**
   * Reads the files that hold keys, as {@link #open} does, and keeps nothing. A URL is not asked: it may be reached later. Blocks.
   *
   * @throws IllegalArgumentException whose message names the configuration's key, if {@code open} would fail with one of them
   */
  public static void check(AuthConfig config) {
    AuthConfig.Jwt jwt = config.jwt();
    jwt.keyFiles().forEach(KeySource::read);
    boolean isAlone = jwt.secret().isEmpty() && jwt.keys().isEmpty();
    if (isAlone && !jwt.jwks().isEmpty() && !jwt.jwksIsUrl()) {
      try {
        new JwksParser(jwt.accepted(), true).parse(JwksFile.bytes(jwt.jwks()));
      } catch (IOException | JwksParser.Unusable e) {
        throw unusable(e);
      }
    }
  }

  /** A verifier for one gateway instance, to be used on its event loop. */
  public TokenVerifier verifier() {
    return verifier(System::currentTimeMillis);
  }

  /** A verifier with a clock of its own: Unix milliseconds, asked on each verification. */
  public TokenVerifier verifier(LongSupplier clock) {
    return new JwtVerifier(vertx, this, ClaimRules.of(config), new TokenCache(config.tokenCache()), clock);
  }

  /** Whether tokens can be verified at all: false until a key set that is the only hope has been read. */
  public boolean ready() {
    return keys.origin() != KeySet.Origin.PENDING || !keys.keys().isEmpty();
  }

  /** Ends the timers and the threads; verifiers must not be used after. */
  public Future<Void> close() {
    return (refresher == null ? Future.<Void>succeededFuture() : refresher.close()).eventually(pool::close);
  }

  KeySet keys() {
    return keys;
  }

  VerifyPool pool() {
    return pool;
  }

  /** Looks for keys that a token needs and we have not; done when it makes sense to look at {@link #keys} again. */
  Future<Void> refreshOnDemand() {
    return refresher == null ? Future.succeededFuture() : refresher.refreshOnDemand();
  }

  private Future<KeySource> begin() {
    if (refresher == null) {
      LOG.info(LogEvent.KEYS_LOADED, "keys").with(LogKey.COUNT, configured.size()).write();
      return Future.succeededFuture(this);
    }
    return refresher
        .start()
        .map(this)
        .recover(
            cause -> {
              boolean mayComeLater = config.jwksIsUrl() && !(cause instanceof JwksParser.Unusable);
              if (mayComeLater || !configured.isEmpty()) {
                return Future.succeededFuture(this);
              }
              return close().transform(closed -> Future.failedFuture(unusable(cause)));
            });
  }

  private static IllegalArgumentException unusable(Throwable cause) {
    return new IllegalArgumentException("auth.jwt.jwks cannot be used: " + cause.getMessage());
  }

  private Future<Void> take(Buffer bytes) {
    return vertx.executeBlocking(() -> parser.parse(bytes.getBytes()), false).compose(this::swap);
  }

  private Future<Void> swap(JwksParser.Parsed parsed) {
    List<VerificationKey> all = new ArrayList<>(configured);
    all.addAll(parsed.keys());
    KeySet next = new KeySet(all, config.accepted(), KeySet.Origin.ROTATING);
    return vertx
        .executeBlocking(() -> guarded(next), false)
        .onSuccess(
            safe -> {
              keys = safe;
              if (!parsed.refused().isEmpty()) {
                LOG.warn(LogEvent.KEYS_REFUSED, "keys").with(LogKey.DETAIL, String.join("; ", parsed.refused())).write();
              }
              LOG.info(LogEvent.KEYS_LOADED, "keys").with(LogKey.COUNT, all.size()).write();
            })
        .mapEmpty();
  }

  private static KeySet configured(AuthConfig.Jwt config) {
    List<VerificationKey> keys = new ArrayList<>();
    try {
      if (!config.secret().isEmpty()) {
        keys.add(VerificationKey.ofSecret(config.secret(), config.secretAlgorithms()));
      }
    } catch (JoseException e) {
      throw new IllegalArgumentException("auth.jwt.secret cannot be used: " + e.getMessage());
    }
    for (KeyFile file : config.keyFiles()) {
      keys.add(read(file));
    }
    return guarded(
        new KeySet(keys, config.accepted(), config.jwks().isEmpty() ? KeySet.Origin.FIXED : KeySet.Origin.PENDING));
  }

  private static VerificationKey read(KeyFile file) {
    try {
      return PemKey.parse(Files.readString(Path.of(file.path()), StandardCharsets.US_ASCII), file.algorithm());
    } catch (IOException e) {
      throw new IllegalArgumentException("auth.jwt.keys: " + file.path() + " cannot be read");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("auth.jwt.keys: " + file.path() + " " + e.getMessage());
    }
  }

  private static KeySet guarded(KeySet keys) {
    FailOpenGuard.require(keys, SignatureCheck.STRICT);
    return keys;
  }

  private static JwksSource source(Vertx vertx, AuthConfig.Jwt config, JwksTiming timing) {
    return config.jwksIsUrl()
        ? new JwksUrl(vertx, config.jwks(), timing.deadline())
        : new JwksFile(vertx, config.jwks(), timing.deadline());
  }
}
