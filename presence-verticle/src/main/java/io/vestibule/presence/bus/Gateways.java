package io.vestibule.presence.bus;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceNews;
import java.time.Duration;

/** The gateway nodes, as an owner of shards reaches them. */
interface Gateways {
  /** The role of nodes that hold connections. */
  String ROLE = "gateway";

  /** Tells a gateway; fails when it does not answer in time. */
  Future<PresenceAnswers> tell(String gateway, PresenceNews news);

  /** Over the bus. */
  static Gateways of(Bus bus) {
    Duration deadline = Duration.ofSeconds(3);
    return (gateway, news) -> bus.request(Addresses.PRESENCE_NEWS.at(gateway), news, deadline, null);
  }
}
