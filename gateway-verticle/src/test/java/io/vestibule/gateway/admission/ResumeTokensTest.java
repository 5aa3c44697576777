package io.vestibule.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.Failure;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ResumeTokensTest {
  private static final ResumeTokens TOKENS = new ResumeTokens(ResumeSecrets.of("a secret of the tests that is long enough"), "cluster");

  private static SessionClaim claim(String user, String userClass) {
    return new SessionClaim(user, new SessionRef("1-2", 3), 4, 5, userClass);
  }

  @Property(tries = 200)
  void whatWasSignedIsRead(@ForAll @StringLength(max = 64) String queue, @ForAll @IntRange(max = 9) int generation) {
    SessionClaim claim = new SessionClaim("ann", new SessionRef("z-z", 7), generation, System.currentTimeMillis(), "vip");
    assertThat(TOKENS.verify(TOKENS.sign("q" + queue.length(), claim))).isEqualTo(new ResumeTokens.Resumption("q" + queue.length(), claim));
  }

  @Test
  void theLongestNamesFit() {
    // As long as a user id may be, in the characters that take most room.
    for (String user : new String[] {"😀".repeat(512), "中".repeat(1_024), "😀".repeat(1_000)}) {
      SessionClaim claim = claim(user, "c".repeat(64));
      assertThat(TOKENS.verify(TOKENS.sign("q".repeat(64), claim)).claim()).isEqualTo(claim);
    }
  }

  @Property(tries = 300)
  void noByteCanBeChanged(@ForAll @IntRange(max = 10_000) int where, @ForAll @IntRange(min = 1, max = 63) int how) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    String token = TOKENS.sign("default", claim("ann", null));
    int i = where % token.length();
    int before = alphabet.indexOf(token.charAt(i));
    char other = before < 0 ? 'A' : alphabet.charAt((before + how) % 64);
    String forged = token.substring(0, i) + other + token.substring(i + 1);
    // The last character of each half carries bits that base64 throws away.
    if (i != token.length() - 1 && i != token.indexOf('.') - 1) {
      assertThatThrownBy(() -> TOKENS.verify(forged)).isInstanceOf(Failure.class);
    }
  }

  @Test
  void tokensOfOthersAreNoGood() {
    String foreign = new ResumeTokens(ResumeSecrets.of("a secret of the tests that is long enough"), "another").sign("q", claim("ann", null));
    assertThatThrownBy(() -> TOKENS.verify(foreign)).isInstanceOf(Failure.class);
    String otherKey = new ResumeTokens(ResumeSecrets.of("another secret of the tests, long enough"), "cluster").sign("q", claim("ann", null));
    assertThatThrownBy(() -> TOKENS.verify(otherKey)).isInstanceOf(Failure.class);
  }
}
