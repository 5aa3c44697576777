package io.vestibule.gateway;

import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.core.LogBounds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What tests of feeds do to logs. */
final class EventFeedSteps {
  private static final AtomicLong NUMBER = new AtomicLong();

  private EventFeedSteps() {}

  /** Another node stores so many messages at once, of which so many are kept, and tells nobody. */
  static void store(GatewayFixture gateway, String topic, int messages, int kept) throws Exception {
    List<Append.Draft> drafts = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      String frame = new JsonObject().put("type", "message").put("topic", topic).put("data", i).put("metadata", new JsonObject()).put("timestamp", "t").encode();
      drafts.add(new Append.Draft(null, frame.getBytes(StandardCharsets.UTF_8)));
    }
    long number = NUMBER.incrementAndGet();
    GatewayFixture.await(gateway.log.append(new Append(topic, 77, number, System.currentTimeMillis(), Epoch.ofNew(number << 8), new LogBounds(kept, 3_600_000, 0), drafts)));
  }
}
