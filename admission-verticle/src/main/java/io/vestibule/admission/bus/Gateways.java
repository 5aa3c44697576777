package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.admission.AdmissionNotices;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.SocketQuestion;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.bus.Addresses;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** The gateway nodes, as a coordinator reaches them. */
interface Gateways {
  /** The role of nodes that hold sockets. */
  String ROLE = "gateway";

  /** The nodes that are alive, as this node sees it; the same set as long as nothing changes, since every queue asks at every tick. */
  Set<String> alive();

  /** Tells a gateway; fails when it does not answer in time. */
  Future<AdmissionSeen> tell(String gateway, AdmissionNotices notices);

  /** Asks a gateway for its sockets; fails when it does not answer in time. */
  Future<SocketReport> ask(String gateway, SocketQuestion question, long deadlineMillis);

  /** Over the bus, for one event loop. */
  static Gateways of(Bus bus, Membership membership) {
    return new Gateways() {
      private static final Duration NOTICE_DEADLINE = Duration.ofSeconds(2);
      private ClusterView view;
      private Set<String> alive;

      @Override
      public Set<String> alive() {
        ClusterView now = membership.view();
        if (now != view) {
          view = now;
          alive = now.nodesWithRole(ROLE).stream().map(NodeRef::id).collect(Collectors.toUnmodifiableSet());
        }
        return alive;
      }

      @Override
      public Future<AdmissionSeen> tell(String gateway, AdmissionNotices notices) {
        return bus.request(Addresses.ADMISSION_NOTICE.at(gateway), notices, NOTICE_DEADLINE, null);
      }

      @Override
      public Future<SocketReport> ask(String gateway, SocketQuestion question, long deadlineMillis) {
        return bus.request(Addresses.ADMISSION_SOCKETS.at(gateway), question, Duration.ofMillis(deadlineMillis), null);
      }
    };
  }
}
