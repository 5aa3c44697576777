package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UserQuotaTest {

  /** A bucket of tokens for each user, in floating point. */
  private static final class Bucket {
    double tokens;
    long atMs;

    double at(long nowMs, int perMinute) {
      tokens = Math.min(perMinute, tokens + (nowMs - atMs) * perMinute / 60_000.0);
      atMs = nowMs;
      return tokens;
    }
  }

  @Property
  void isATokenBucketForEachUser(@ForAll @IntRange(min = 1, max = 100) int perMinute, @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 8000) Integer> history) {
    var quota = new UserQuota(perMinute);
    Map<Integer, Bucket> model = new HashMap<>();
    long now = 1_700_000_000_000L;
    for (int step : history) {
      now += step / 4;
      int user = step % 4 / 2;
      var bucket = model.computeIfAbsent(user, key -> new Bucket());
      if (bucket.atMs == 0) {
        bucket.tokens = perMinute;
        bucket.atMs = now;
      }
      double tokens = bucket.at(now, perMinute);
      UserQuota.Verdict verdict = quota.attempt("u" + user, now);
      if (Math.abs(tokens - 1) > 0.01) {
        assertThat(verdict.ok()).isEqualTo(tokens > 1);
      }
      bucket.tokens -= verdict.ok() ? 1 : 0;
      assertThat((double) verdict.quota().remaining()).isCloseTo(Math.max(0, Math.floor(bucket.tokens)), within(1.0));
      assertThat(verdict.quota()).isEqualTo(quota.quota("u" + user, now));
      if (!verdict.ok()) {
        assertThat(verdict.retryAfterMs()).isPositive();
      }
    }
  }

  @Test
  void whoWaitsAsToldIsPermitted() {
    var quota = new UserQuota(7);
    long now = 5_000;
    for (int i = 0; i < 100; i++) {
      UserQuota.Verdict verdict = quota.attempt("u", now);
      if (!verdict.ok()) {
        assertThat(quota.attempt("u", now + verdict.retryAfterMs() - 1).ok()).isFalse();
        now += verdict.retryAfterMs();
        assertThat(quota.attempt("u", now).ok()).isTrue();
      }
    }
  }

  @Test
  void tellsWhatIsLeft() {
    var quota = new UserQuota(60);
    assertThat(quota.quota("u", 10_000)).isEqualTo(new Quota(60, 60, 10_000, 60_000));
    assertThat(quota.attempt("u", 10_000).quota()).isEqualTo(new Quota(60, 59, 11_000, 60_000));
    for (int i = 0; i < 59; i++) {
      quota.attempt("u", 10_000);
    }
    assertThat(quota.attempt("u", 10_000)).isEqualTo(new UserQuota.Verdict(false, 1_000, new Quota(60, 0, 70_000, 60_000)));
    assertThat(quota.attempt("other", 10_000).ok()).isTrue();
    assertThat(new UserQuota(0).attempt("u", 0).quota()).isEqualTo(Quota.NONE);
  }

  @Test
  void forgetsWhoHasNotTriedLately() {
    var quota = new UserQuota(60);
    for (int i = 0; i < 100_000; i++) {
      quota.attempt("u" + i, i);
    }
    assertThat(quota.remembered()).isLessThan(1_100);
  }
}
