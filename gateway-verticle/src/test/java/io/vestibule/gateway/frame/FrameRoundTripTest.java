package io.vestibule.gateway.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vestibule.gateway.fanout.Publication;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.NotEmpty;

/** Whatever is published arrives equal, in the eyes of a parser that is not ours. */
class FrameRoundTripTest {
  private static final ObjectMapper READER = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final FrameDecoder decoder = new FrameDecoder(64);
  private final FrameEncoder encoder = new FrameEncoder(() -> 0);

  @Provide
  Arbitrary<String> json() {
    return JsonTexts.any();
  }

  @Provide
  Arbitrary<String> objects() {
    return JsonTexts.object();
  }

  @Property(tries = 500)
  void whatIsPublishedArrivesEqual(@ForAll("json") String data, @ForAll("objects") String metadata, @ForAll @NotEmpty String sender,
      @ForAll String messageId) throws Exception {
    String frame = "{\"type\":\"message\",\"metadata\":" + metadata + ",\"topic\":\"a.b\",\"data\": " + data + " ,\"messageId\":"
        + READER.writeValueAsString(messageId) + "}";
    var message = (ClientFrame.Message) decoder.decode(frame.getBytes(StandardCharsets.UTF_8));
    assertThat(message.data().toString()).isEqualTo(data);
    Buffer sent = encoder.message(new Publication("a.b", message.data(), null, message.metadata(), message.messageId(), sender, null));
    JsonNode arrived = READER.readTree(sent.getBytes());
    assertThat(arrived.get("data")).isEqualTo(READER.readTree(data));
    ObjectNode expected = (ObjectNode) READER.readTree(metadata);
    expected.remove("senderId");
    ObjectNode read = (ObjectNode) arrived.get("metadata");
    assertThat(read.remove("senderId").textValue()).isEqualTo(sender);
    assertThat(read).isEqualTo(expected);
    assertThat(arrived.get("messageId").textValue()).isEqualTo(messageId);
    assertThat(READER.readTree(FrameEncoder.withPattern(sent, "a.*").getBytes()).get("data")).isEqualTo(arrived.get("data"));
  }
}
