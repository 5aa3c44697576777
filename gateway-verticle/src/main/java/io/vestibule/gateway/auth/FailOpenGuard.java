package io.vestibule.gateway.auth;

import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The test that every set of keys must pass before it serves: forged tokens, unsigned and with garbage for a signature, go the way of
 * real ones and each must be refused. Verifiers have been seen to accept everything once they were left without a usable key; this
 * one would rather not start.
 */
final class FailOpenGuard {
  private static final String PAYLOAD = encode("{\"sub\":\"forged\",\"exp\":4102444800}");

  private FailOpenGuard() {}

  /**
   * Forges tokens for a set of keys and presents them. Costs milliseconds: not for an event loop.
   *
   * @throws IllegalStateException if one of them is accepted
   */
  static void require(KeySet keys, SignatureCheck check) {
    for (String forged : forgeries(keys)) {
      if (accepts(keys, check, forged)) {
        throw new IllegalStateException("the keys accept a forged token");
      }
    }
  }

  private static boolean accepts(KeySet keys, SignatureCheck check, String forged) {
    try {
      CompactToken token = CompactToken.parse(forged);
      if (keys.select(token.algorithm(), token.keyId()) instanceof KeySet.Selection.Found found) {
        check.verify(token, found.keys());
        return true;
      }
      return false;
    } catch (Failure refused) {
      return false;
    }
  }

  private static List<String> forgeries(KeySet keys) {
    List<String> forged = new ArrayList<>();
    for (String none : List.of("none", "None", "NONE", "nOnE", "")) {
      String unsigned = encode("{\"alg\":\"" + none + "\"}") + "." + PAYLOAD;
      forged.add(unsigned);
      forged.add(unsigned + ".");
      forged.add(unsigned + "." + garbage(32, 1));
    }
    forged.add(encode("{}") + "." + PAYLOAD + "." + garbage(32, 1));
    for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
      // Without kid, so that all keys of the algorithm are tried.
      String claimed = encode("{\"alg\":\"" + algorithm.jwsName() + "\"}") + "." + PAYLOAD;
      forged.add(claimed + ".");
      for (int size : sizes(algorithm, keys)) {
        forged.add(claimed + "." + garbage(size, 0));
        forged.add(claimed + "." + garbage(size, 1));
        forged.add(claimed + "." + garbage(size, 0x5a));
      }
    }
    return forged;
  }

  private static List<Integer> sizes(SigningAlgorithm algorithm, KeySet keys) {
    return keys.keys().stream().filter(key -> key.accepts(algorithm)).map(key -> algorithm.signatureBytes(key.key())).distinct().toList();
  }

  private static String garbage(int size, int fill) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) fill);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
