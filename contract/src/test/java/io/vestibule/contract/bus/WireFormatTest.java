package io.vestibule.contract.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayCommand.Target;
import io.vestibule.contract.message.GatewayOutcome;
import io.vestibule.contract.message.HealthQuery;
import io.vestibule.contract.message.HealthReport;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes of each bus message, written down once. Nodes of two versions meet during an upgrade: a change here needs a codec with a
 * new name, never new bytes under the old one.
 */
class WireFormatTest {
  private static final HexFormat HEX = HexFormat.of();

  record Golden<T>(RecordCodec<T> codec, T message, String hex) {
    @Override
    public String toString() {
      return codec.name() + " " + message;
    }
  }

  static Stream<Golden<?>> golden() {
    return Stream.of(
        new Golden<>(FanMessage.CODEC, new FanMessage("a.b", Buffer.buffer("{}"), null),
            "00000003612e62" + "ffffffff" + "000000027b7d"),
        new Golden<>(FanMessage.CODEC, new FanMessage("ü", Buffer.buffer("{\"x\":1}"), "c1"),
            "00000002c3bc" + "000000026331" + "000000077b2278223a317d"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Disconnect(new Target("u1", null), "bye"),
            "01" + "000000027531" + "ffffffff" + "00000003627965"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Disconnect(new Target(null, "c1"), null),
            "01" + "ffffffff" + "000000026331" + "ffffffff"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Subscribe(new Target("u1", null), "a.*"),
            "02" + "000000027531" + "ffffffff" + "00000003612e2a"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Unsubscribe(new Target(null, "c1"), "a.**"),
            "03" + "ffffffff" + "000000026331" + "00000004612e2a2a"),
        new Golden<>(GatewayOutcome.CODEC, new GatewayOutcome(258), "00000102"),
        new Golden<>(HealthQuery.CODEC, new HealthQuery(), "00"),
        new Golden<>(HealthReport.CODEC, new HealthReport(true, "{}"), "01" + "000000027b7d"),
        new Golden<>(HealthReport.CODEC, new HealthReport(false, "{\"reason\":\"timeout\"}"),
            "00" + "000000147b22726561736f6e223a2274696d656f7574227d"));
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void theBytesStayWhatTheyAre(Golden<T> golden) {
    Buffer wire = Buffer.buffer("head");
    golden.codec().encodeToWire(wire, golden.message());
    assertThat(HEX.formatHex(wire.getBytes(4, wire.length()))).isEqualTo(golden.hex());
    assertThat(golden.codec().decodeFromWire(4, wire)).isEqualTo(golden.message());
  }

  @ParameterizedTest
  @MethodSource("golden")
  <T> void aMessageThatIsCutShortIsRefused(Golden<T> golden) {
    byte[] whole = HEX.parseHex(golden.hex());
    for (int length = 0; length < whole.length; length++) {
      Buffer cut = Buffer.buffer(java.util.Arrays.copyOf(whole, length));
      if (golden.codec() != HealthQuery.CODEC) {
        assertThatThrownBy(() -> golden.codec().decodeFromWire(0, cut)).isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void everyCodecHasItsGoldenBytesAndItsOwnVersionedName() {
    Set<RecordCodec<?>> tested = golden().map(Golden::codec).collect(Collectors.toSet());
    assertThat(tested).isEqualTo(new HashSet<>(Addresses.codecs()));
    assertThat(Addresses.codecs()).extracting(RecordCodec::name).doesNotHaveDuplicates()
        .allSatisfy(name -> assertThat(name).matches("vestibule(\\.[a-z]+)+\\.v[0-9]+"));
  }

  @Test
  void aLocalDeliveryHandsOverTheSameObject() {
    FanMessage message = new FanMessage("a", Buffer.buffer("{}"), null);
    assertThat(FanMessage.CODEC.transform(message)).isSameAs(message);
  }

  @Test
  void aNodesOwnAddressCarriesItsId() {
    assertThat(Addresses.GATEWAY_COMMAND.at("n1").name()).isEqualTo("vestibule.gateway.command.v1@n1");
    assertThat(Addresses.health("presence", "n1").name()).isEqualTo("vestibule.health.v1.presence@n1");
  }
}
