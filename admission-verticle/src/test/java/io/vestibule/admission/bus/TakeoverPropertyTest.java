package io.vestibule.admission.bus;

import static io.vestibule.admission.bus.LeaderScene.GATEWAY;
import static io.vestibule.admission.bus.LeaderScene.QUEUE;
import static io.vestibule.admission.bus.LeaderScene.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.QueueEvent;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.SocketReport.Socket;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Invariant 7 after a coordinator's death, on a clock that is moved by hand: once another has taken over, a waiter for whom a slot is free is admitted within a tick of the moment at which all
 * gateways have said what they hold, or 3 s have passed; and not before. How soon a death is noticed is the cluster's, and shown by the system tests with nodes that are killed and frozen.
 */
class TakeoverPropertyTest {
  private static final long LONGEST_MS = 3_000;

  @Property(tries = 200)
  void whoWaitsIsAdmittedWhenAllGatewaysHaveSpokenOrThreeSecondsHavePassed(@ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0, max = 6_000) Integer> delays) {
    LeaderScene scene = new LeaderScene(1);
    QueueLeader first = scene.leading(1);
    Admitted ann = (Admitted) scene.ask(first, join("ann")).get();
    Waiting bob = (Waiting) scene.ask(first, join("bob")).get();
    scene.gateways.sockets.put(GATEWAY, List.of(new Socket(QUEUE, "c-ann", ann.claim(), true, 0), new Socket(QUEUE, "c-bob", bob.claim(), false, 1)));
    for (int i = 0; i < delays.size(); i++) {
      String gateway = i == 0 ? GATEWAY : "other" + i;
      scene.gateways.alive.add(gateway);
      scene.gateways.delays.put(gateway, delays.get(i));
    }
    long due = Math.min(LONGEST_MS, Collections.max(delays));
    QueueLeader second = scene.leader(2);
    second.start();
    scene.ask(second, new Leave(QUEUE, ann.claim().session()));
    long before = Math.max(0, due - 1) / QueueEvent.Tick.MILLIS * QueueEvent.Tick.MILLIS;
    scene.pass(second, before);
    assertThat(due > 0 ? scene.gateways.promoted() : List.of()).as("promoted %d ms after the takeover began", before).isEmpty();
    scene.pass(second, due + QueueEvent.Tick.MILLIS - before);
    assertThat(scene.gateways.promoted()).as("promoted within a tick of %d ms", due).containsExactly("c-bob");
  }
}
