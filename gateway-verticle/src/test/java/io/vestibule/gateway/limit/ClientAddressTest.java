package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ClientAddressTest {
  private static final int LONGEST = "ffff:ffff:ffff:ffff::/64".length();

  private final ClientAddress addresses = new ClientAddress(List.of("10.0.0.1", "10.0.0.2", "::1", "2001:DB8:0:0:0:0:0:53"));

  private String of(String peer, String... forwardedFor) {
    return addresses.of(peer, List.of(forwardedFor));
  }

  @Example
  void anIpv4ClientCountsByItsAddress() {
    assertThat(of("192.0.2.7")).isEqualTo("192.0.2.7");
  }

  @Example
  void anIpv6ClientCountsByItsNetwork() {
    assertThat(of("2001:db8:1:2:3:4:5:6")).isEqualTo("2001:db8:1:2::/64").isEqualTo(of("2001:0DB8:0001:0002::1")).isNotEqualTo(of("2001:db8:1:3::1"));
    assertThat(of("2001:db8::1")).isEqualTo("2001:db8:0:0::/64");
    assertThat(of("fe80::1%eth0")).isEqualTo(of("fe80:0:0:0:0:0:0:1%2")).isEqualTo("fe80:0:0:0::/64");
  }

  @Example
  void ipv4InTheClothesOfIpv6IsIpv4() {
    for (String mapped : List.of("::ffff:192.0.2.7", "::FFFF:192.0.2.7", "0:0:0:0:0:ffff:c000:207")) {
      assertThat(of(mapped)).isEqualTo("192.0.2.7");
    }
  }

  @Example
  void anUntrustedPeerSpeaksForNobody() {
    assertThat(of("192.0.2.7", "198.51.100.1")).isEqualTo("192.0.2.7");
    assertThat(of("192.0.2.7", "10.0.0.1, 198.51.100.1", "x".repeat(10_000))).isEqualTo("192.0.2.7");
  }

  @Example
  void aTrustedProxySpeaksForTheLastHop() {
    assertThat(of("10.0.0.1", "198.51.100.1")).isEqualTo("198.51.100.1");
    assertThat(of("10.0.0.1", "203.0.113.9, 198.51.100.1")).as("what the client claims is not believed").isEqualTo("198.51.100.1");
    assertThat(of("10.0.0.1", "203.0.113.9, 198.51.100.1 , 10.0.0.2")).as("through two proxies").isEqualTo("198.51.100.1");
    assertThat(of("10.0.0.1", "203.0.113.9", "198.51.100.1")).as("in two headers").isEqualTo("198.51.100.1");
    assertThat(of("10.0.0.1", "198.51.100.1, 10.0.0.2,", " ,")).as("empty hops").isEqualTo("198.51.100.1");
    assertThat(of("10.0.0.1", "10.0.0.2")).as("a proxy itself").isEqualTo("10.0.0.2");
    assertThat(of("10.0.0.1")).isEqualTo("10.0.0.1");
  }

  @Example
  void aTrustedProxyIsKnownHoweverItIsWritten() {
    for (String proxy : List.of("0:0:0:0:0:0:0:1", "::1", "2001:db8::53", "::ffff:10.0.0.1", "2001:db8::53%eth0")) {
      assertThat(of(proxy, "198.51.100.1")).as(proxy).isEqualTo("198.51.100.1");
    }
    assertThat(of("2001:db8::54", "198.51.100.1")).as("its neighbour in the same network").isEqualTo("2001:db8:0:0::/64");
  }

  @Example
  void portsAreNoPartOfAnAddress() {
    assertThat(of("10.0.0.1", "198.51.100.1:4711")).isEqualTo("198.51.100.1");
    assertThat(of("10.0.0.1", "[2001:db8:1:2::9]:4711")).isEqualTo("2001:db8:1:2::/64");
    assertThat(of("10.0.0.1", "[2001:db8:1:2::9]")).isEqualTo("2001:db8:1:2::/64");
  }

  @Example
  void aProxyThatSaysNoAddressCountsItself() {
    for (String garbage : List.of("unknown", "_hidden", "x".repeat(8_000), "1.2.3", "1.2.3.4.5", "999.1.1.1", ":::", "1::2::3", "[", "]", "[]:1", "a.b:80",
        "198.51.100.1 198.51.100.2", "١٩٨.51.100.1")) {
      assertThat(of("10.0.0.1", "203.0.113.9, " + garbage)).as(garbage).isEqualTo("10.0.0.1");
    }
  }

  @Property
  void whateverTheHeaderSaysTheAnswerIsAnAddress(@ForAll List<String> headers) {
    assertThat(addresses.of("10.0.0.1", headers)).hasSizeLessThanOrEqualTo(LONGEST).matches("[0-9a-f.:/]+");
  }

  @Property
  void neverBelievedFromAStranger(@ForAll List<String> headers) {
    assertThat(addresses.of("192.0.2.7", headers)).isEqualTo("192.0.2.7");
  }

  @Example
  void aProxyIsTrustedHoweverItsAddressIsWritten() {
    assertThat(addresses.trusts("0:0:0:0:0:0:0:1")).isTrue();
    assertThat(addresses.trusts("::ffff:10.0.0.1")).isTrue();
    assertThat(addresses.trusts("2001:db8::53")).isTrue();
    assertThat(addresses.trusts("10.0.0.3")).isFalse();
    assertThat(addresses.trusts("no address")).isFalse();
  }
}
