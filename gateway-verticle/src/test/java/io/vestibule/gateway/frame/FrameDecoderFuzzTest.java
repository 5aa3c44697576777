package io.vestibule.gateway.frame;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Fuzzing of the decoder, guided by coverage. The test command only replays the kept inputs
 * ({@code src/test/resources/io/vestibule/gateway/frame/FrameDecoderFuzzTestInputs/decode}); this fuzzes for a minute and keeps what it finds among them:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl gateway-verticle -am test -Dtest='FrameDecoderFuzzTest#decode' -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class FrameDecoderFuzzTest {
  private final FrameCheck frames = new FrameCheck();

  @FuzzTest(maxDuration = "60s")
  void decode(byte[] input) {
    if (input != null) {
      frames.check(input);
    }
  }
}
