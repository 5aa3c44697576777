package io.vestibule.gateway.auth;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.auth.KeySet.Selection;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Verifies tokens for one gateway instance: what is remembered first, then the signature (HS at once, everything else in the pool),
 * then the claims. Claims are never looked at before the signature holds. One event loop.
 */
final class JwtVerifier implements TokenVerifier {
  /** Tokens that wait for keys to be looked up; more are refused at once, since anyone can invent key ids. */
  static final int MAX_WAITING_FOR_KEYS = 100;

  private final Vertx vertx;
  private final KeySource source;
  private final ClaimRules rules;
  private final TokenCache cache;
  private final LongSupplier clock;
  private final MessageDigest sha256 = TokenDigest.sha256();
  private int waitingForKeys;

  JwtVerifier(Vertx vertx, KeySource source, ClaimRules rules, TokenCache cache, LongSupplier clock) {
    this.vertx = vertx;
    this.source = source;
    this.rules = rules;
    this.cache = cache;
    this.clock = clock;
  }

  @Override
  public Future<Claims> verify(String token) {
    try {
      CompactToken.requirePlausible(token);
      TokenDigest digest = cache.enabled() ? TokenDigest.of(token, sha256) : null;
      long nowMs = clock.getAsLong();
      KeySet keys = source.keys();
      Claims known = digest == null ? null : cache.get(keys, digest, nowMs);
      if (known != null) {
        rules.requireLive(known.expiresAtMs(), nowMs);
        return Future.succeededFuture(known);
      }
      return check(CompactToken.parse(token), digest, keys, true);
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
  }

  private Future<Claims> check(CompactToken token, TokenDigest digest, KeySet keys, boolean mayLook) {
    Selection selection = keys.select(token.algorithm(), token.keyId());
    if (selection instanceof Selection.Found found) {
      return signature(token, found.keys()).map(holds -> accept(token, digest, keys));
    }
    if (selection instanceof Selection.Unknown unknown) {
      return mayLook ? lookForKeys(token, digest, keys, unknown.failure()) : Future.failedFuture(unknown.failure());
    }
    return Future.failedFuture(((Selection.Refused) selection).failure());
  }

  private Future<Void> signature(CompactToken token, List<VerificationKey> candidates) {
    if (token.algorithm().symmetric()) {
      SignatureCheck.STRICT.verify(token, candidates);
      return Future.succeededFuture();
    }
    return source.pool().run(
        () -> {
          SignatureCheck.STRICT.verify(token, candidates);
          return null;
        });
  }

  private Claims accept(CompactToken token, TokenDigest digest, KeySet verifiedWith) {
    // The clock again: the signature may have waited for its turn.
    long nowMs = clock.getAsLong();
    Claims claims = rules.read(token.payload(), nowMs);
    if (digest != null && verifiedWith == source.keys()) {
      cache.put(verifiedWith, digest, claims, nowMs);
    }
    return claims;
  }

  /** Waits for a reading of the key set and tries once more, if it brought anything. */
  private Future<Claims> lookForKeys(CompactToken token, TokenDigest digest, KeySet before, Failure otherwise) {
    if (waitingForKeys >= MAX_WAITING_FOR_KEYS) {
      return Future.failedFuture(otherwise);
    }
    waitingForKeys++;
    Promise<Claims> result = Promise.promise();
    // Readings end on whatever thread read; the rest belongs to this instance's event loop.
    Context own = vertx.getOrCreateContext();
    source.refreshOnDemand().onComplete(done -> own.runOnContext(here -> {
      waitingForKeys--;
      KeySet now = source.keys();
      if (now == before) {
        result.fail(otherwise);
      } else {
        Future.succeededFuture().compose(again -> check(token, digest, now, false)).onComplete(result);
      }
    }));
    return result.future();
  }
}
