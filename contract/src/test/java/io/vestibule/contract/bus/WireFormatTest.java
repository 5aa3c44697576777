package io.vestibule.contract.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.admission.AdmissionAnswers;
import io.vestibule.contract.admission.AdmissionBatch;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.admission.QueueReport;
import io.vestibule.contract.admission.QueueSettings;
import io.vestibule.contract.admission.SeatOrder;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.admission.SlotRenewal;
import io.vestibule.contract.admission.SlotsRenewed;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.FeedQuery;
import io.vestibule.contract.message.FeedReport;
import io.vestibule.contract.message.GatewayCommand.Target;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayOutcome;
import io.vestibule.contract.message.HealthQuery;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.contract.message.MembershipNotice;
import io.vestibule.contract.message.ReceiptNotice;
import io.vestibule.contract.message.TypingNotice;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceFound;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceSaid;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.ReturnNotice;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
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
    return Stream.of(gateway(), admission(), presence()).flatMap(messages -> messages);
  }

  private static Stream<Golden<?>> admission() {
    return Stream.of(
        new Golden<>(AdmissionBatch.CODEC, new AdmissionBatch("g", AdmissionWireSamples.commands()),
            "0000000167000000090100000001710000000175000000026131000000016700000002633100000003766970ffffffff00000007646566"
                + "61756c74ffffffff01000000017100000001750000000261320000000167ffffffffffffffff000000050000000570686f6e6500000002"
                + "7b7d020000000171000000026133000000017500000003312d3200000003000000000000000500000000000003e8000000037669700000"
                + "00016700000002633103000000017100000003312d3200000003000000000000000504000000017100000003312d320000000300000001"
                + "6700000002633105000000017100000003312d320000000300000001670000000263310106000000017100000003312d32000000030700"
                + "0000017100000003312d320000000300000001670000000263310000000000000009000000027b7d080000000171000000017500000003"
                + "312d3200000003000000000000000400000000000003e8ffffffff"),
        new Golden<>(AdmissionAnswers.CODEC, new AdmissionAnswers(AdmissionWireSamples.answers()),
            "0000000701000000017500000003312d3200000003000000000000000400000000000003e8ffffffff0000000000000000000000000000"
                + "000000ffffffff00000000000000000000000000000000000000000000000001000000017500000003312d320000000300000000000000"
                + "0500000000000003e8000000037669700100000000000079180000000000000002000000027b7d0000000a0000000900000000000007d0"
                + "000000000000ea6002000000017500000003312d3200000003000000000000000400000000000003e8ffffffff000000000000000c0000"
                + "000000000028ffffffffffffffffffffffffffffffffff00000000000000000000000000000000ffffffff000000000000000000000000"
                + "00000000000000000000000002000000017500000003312d3200000003000000000000000400000000000003e8ffffffff000000000000"
                + "000d0000000000000029000000000000138800000000000023280100000000000007d00000000000000009000000027b7d000000000000"
                + "0000000000000000000000000000000000000304000000047573656400000000000003e800000001000000040000000000000000000000"
                + "0000000000000000000000000005"),
        new Golden<>(AdmissionNotices.CODEC, new AdmissionNotices("n", 3, 7, AdmissionWireSamples.notices()),
            "000000016e0000000300000000000000070000000601000000017100000002633101000000017500000003312d32000000030000000000"
                + "00000400000000000003e8ffffffff0000000000000000000000000000000000ffffffff00000000000000000000000000000000000000"
                + "0000000000020000000171000000026331000000000000000d000000000000002900000000000013880000000000002328010000000000"
                + "0007d003000000017100000002633102000000017500000003312d3200000003000000000000000400000000000003e8ffffffff000000"
                + "000000000c0000000000000028ffffffffffffffffffffffffffffffffff00000000000000000000000000000000ffffffff0000000000"
                + "000000000000000000000000000000000000000400000001710000000263310104000000017100000002633105"
                + "05000000017100000002633101"),
        new Golden<>(AdmissionSeen.CODEC, new AdmissionSeen(List.of("c1")),
            "00000001000000026331"),
        new Golden<>(SocketQuestion.CODEC, new SocketQuestion("n", 3, 7),
            "000000016e000000030000000000000007"),
        new Golden<>(SocketReport.CODEC,
            new SocketReport(List.of(new SocketReport.Socket("q", "c1", AdmissionWireSamples.CLAIM, false, 9)), List.of(new SocketReport.Awaited("q", "c2", AdmissionWireSamples.CLAIM))),
            "000000010000000171000000026331000000017500000003312d3200000003000000000000000400000000000003e8ffffffff000000000000000009"
                + "000000010000000171000000026332000000017500000003312d3200000003000000000000000400000000000003e8ffffffff"),
        new Golden<>(SlotRenewal.CODEC, new SlotRenewal("g", 1L << 63 | 5),
            "00000001678000000000000005"),
        new Golden<>(SlotsRenewed.CODEC, new SlotsRenewed(5),
            "0000000000000005"),
        new Golden<>(GatewayLoad.CODEC, new GatewayLoad("g", "name", 20_000, 17, 5, 400, 150, true, 9),
            "0000000167000000046e616d6500004e2000000011000000050000019000000096010000000000000009"),
        new Golden<>(QueueOrder.CODEC, new QueueOrder.Status(),
            "01"),
        new Golden<>(QueueOrder.CODEC, new QueueOrder.Capacity("q", 50, -1),
            "02000000017100000032ffffffff"),
        new Golden<>(QueueOrder.CODEC, new QueueOrder.Pause("q", true),
            "03000000017101"),
        new Golden<>(QueueOrder.CODEC, new QueueOrder.Revoke("u", null),
            "040000000175ffffffff"),
        new Golden<>(QueueReport.CODEC, new QueueReport(2, "[]", "[{}]"),
            "00000002000000025b5d000000045b7b7d5d"),
        new Golden<>(SeatOrder.CODEC, new SeatOrder("q", "u", null, false),
            "0000000171" + "0000000175" + "00" + "00"),
        new Golden<>(SeatOrder.CODEC, new SeatOrder("q", "u", AdmissionWireSamples.SESSION, true),
            "0000000171" + "0000000175" + "01" + "01" + "00000003312d3200000003"),
        new Golden<>(SeatReport.CODEC, new SeatReport(List.of(new SeatReport.Offer(AdmissionWireSamples.SESSION, 1_000, true))),
            "00000001" + "00000003312d3200000003" + "00000000000003e8" + "01"),
        new Golden<>(QueueSettings.CODEC, new QueueSettings("n", "name", List.of(new QueueSettings.Queue("q", 50, 0))),
            "000000016e000000046e616d65000000010000000171" + "0000003200000000"));
  }

  private static Stream<Golden<?>> presence() {
    return Stream.of(
        new Golden<>(PresenceStatements.CODEC, PresenceWireSamples.statements(), "000000016700000001000000050000000000000001000000000000000900000000000000020000000000000003000100000000000000040000000400000001"
                + "74000000017501010000000200000000000003e80000000462757379000000027b7d00000000000007d0000000027b7d" + "00000000000003e8" + "0000000174ffff"
                + "ffff01020000000174000000017500"
                + "00000001740000000175" + "0103" + "00000000" + "00000000000003e8" + "0000000462757379" + "000000027b7d" + "00000000000007d0" + "ffffffff" + "00000000000003e8"),
        new Golden<>(PresenceNews.CODEC, PresenceWireSamples.news(), "000000016f" + "000000010000000500000000000000010000000000000000000000000000000000000000000000030100000000000000000400000002000000017400000001"
                + "7501010000000200000000000003e80000000462757379000000027b7d00000000000007d0000000027b7d0000000174ffffffff010200"
                + "00000701"),
        new Golden<>(PresenceSaid.CODEC, PresenceWireSamples.said(), "000000016f" + "0000000100000005" + "00000000000000010000000000000000000000000000000200000000000000030001" + "0000000000000004" + "00000003"
            + "00000006757365722e61" + "01" + "0000000161" + "0000000000000000" + "00000006757365722e62" + "00"
            + "00000006757365722e63" + "01" + "0000000163" + "00000000000003e8"),
        new Golden<>(PresenceAnswers.CODEC, PresenceWireSamples.answers(), "00000004" + "000000000000000000" + "0000000000000000" + "010000000000000009" + "0000000000000000"
            + "020000000000000000" + "0000000000000000" + "020000000000000009" + "0000000000000007"),
        new Golden<>(PresenceQuestion.CODEC, PresenceWireSamples.question(), "000000020000000174ffffffff000000000000000174000000017500000009"),
        new Golden<>(PresenceFound.CODEC, PresenceWireSamples.found(), "00000003ffffffff00000000" + "0000000000000000" + "00000001000000010000000175010000000200000000000003e80000000462757379000000027b7d000000"
                + "00000007d0000000027b7d" + "0000000000000000" + "0000000000000000" + "00000000000003e8"),
        new Golden<>(ReturnNotice.CODEC, new ReturnNotice("u", "c1", List.of("a.b")), "0000000175" + "000000026331" + "00000001" + "00000003612e62"));
  }

  private static Stream<Golden<?>> gateway() {
    return Stream.of(
        new Golden<>(FanMessage.CODEC, new FanMessage("a.b", Buffer.buffer("{}"), null),
            "00000003612e62" + "ffffffff" + "000000027b7d" + "00"),
        new Golden<>(FanMessage.CODEC, new FanMessage("a.b", Buffer.buffer("{}"), null, new StoredAt(1, 2, 3, 4, 5)),
            "00000003612e62" + "ffffffff" + "000000027b7d" + "01" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004" + "0000000000000005"),
        new Golden<>(FanMessage.CODEC, new FanMessage("ü", Buffer.buffer("{\"x\":1}"), "c1"),
            "00000002c3bc" + "000000026331" + "000000077b2278223a317d" + "00"),
        new Golden<>(TypingNotice.CODEC, new TypingNotice("a.b", "ü", "c1", true, Buffer.buffer("{}")),
            "00000003612e62" + "00000002c3bc" + "000000026331" + "01" + "000000027b7d"),
        new Golden<>(ReceiptNotice.CODEC, new ReceiptNotice("a.b", List.of(new ReceiptNotice.Receipt("ü", 1, 2, 3, 4))),
            "00000003612e62" + "00000001" + "00000002c3bc" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"),
        new Golden<>(MembershipNotice.CODEC, new MembershipNotice("a.b", List.of(new MembershipNotice.Said("ü", true, 1, 2, 3, 4), new MembershipNotice.Said("u", false, 5, 6, 0, 0))),
            "00000003612e62" + "00000002" + "00000002c3bc" + "01" + "0000000000000001" + "0000000000000002" + "0000000000000003" + "0000000000000004"
                + "0000000175" + "00" + "0000000000000005" + "0000000000000006" + "0000000000000000" + "0000000000000000"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Disconnect(new Target("u1", null), "bye"),
            "01" + "000000027531" + "ffffffff" + "00000003627965"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Disconnect(new Target(null, "c1"), null),
            "01" + "ffffffff" + "000000026331" + "ffffffff"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Subscribe(new Target("u1", null), "a.*"),
            "02" + "000000027531" + "ffffffff" + "00000003612e2a"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Unsubscribe(new Target(null, "c1"), "a.**"),
            "03" + "ffffffff" + "000000026331" + "00000004612e2a2a"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.SetAttributes(new Target(null, null, "s1"), "{}"),
            "04" + "ffffffff" + "ffffffff" + "000000027331" + "000000027b7d"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Drain(60_000, true), "05" + "000000000000ea60" + "01"),
        new Golden<>(GatewayCommand.CODEC, new GatewayCommand.Undrain(), "06"),
        new Golden<>(GatewayOutcome.CODEC, new GatewayOutcome(258), "00000102"),
        new Golden<>(HealthQuery.CODEC, new HealthQuery(), "00"),
        new Golden<>(FeedQuery.CODEC, new FeedQuery(), "00"),
        new Golden<>(FeedReport.CODEC, new FeedReport(List.of(new FeedReport.Figures("e", 1, 258, 3))), "00000001" + "0000000165" + "00000001" + "0000000000000102" + "0000000000000003"),
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
