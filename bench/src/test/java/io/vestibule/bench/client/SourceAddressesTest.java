package io.vestibule.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class SourceAddressesTest {

  @Test
  void readsRangesAndLists() {
    assertThat(SourceAddresses.parse("127.0.0.254-127.0.1.1, 10.0.0.5").addresses()).extracting(InetAddress::getHostAddress)
        .containsExactly("127.0.0.254", "127.0.0.255", "127.0.1.0", "127.0.1.1", "10.0.0.5");
  }

  @Test
  void namesWhatIsWrong() {
    for (String text : new String[] {"", "127.0.0", "127.0.0.256", "::1", "127.0.0.2-127.0.0.1", "1.1.1.1-2.2.2.2", "127.0.0.1,", "a-b-c"}) {
      assertThatThrownBy(() -> SourceAddresses.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("IPv4");
    }
  }

  @Test
  void takesAsManyLoopbackAddressesAsNeededAndNoneTwice() {
    assertThat(SourceAddresses.loopback(100, 100).addresses()).hasSize(1);
    assertThat(SourceAddresses.loopback(101, 100).addresses()).hasSize(2);
    assertThat(SourceAddresses.loopback(50_000, 100).addresses()).hasSize(500).doesNotHaveDuplicates()
        .allMatch(InetAddress::isLoopbackAddress);
  }
}
