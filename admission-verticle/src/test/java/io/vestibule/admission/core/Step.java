package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.AdmissionCommand.Away;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.SessionClaim;
import java.util.Set;

/**
 * One step of a history.
 *
 * @param who which client, or which of several things
 * @param how a variant
 */
record Step(Kind kind, int who, int how) {

  enum Kind {
    JOIN, JOIN_AGAIN, JOIN_HTTP, POLL, RETRY, DROP, DROP_UNHEARD, RESUME, RESUME_OLD, RESUME_UNREAD, CONFIRM, LEAVE, BAR, TICK, WAIT, JUMP, RESIZE, RATE, OFFER, PAUSE, GATEWAY_DIES,
    DRAIN, MOVE, REPORT, FAILOVER, CRASH, REVOKE, STORE_SLOW, STORE_SAYS, GHOST
  }

  void in(World world) {
    Client client = world.clients.get(who % world.clients.size());
    switch (kind) {
      case JOIN -> join(world, client, new Holder("g" + how % 2, null).gateway());
      case JOIN_AGAIN -> joinAgain(world, client);
      case JOIN_HTTP -> joinHttp(world, client);
      case POLL -> poll(world, client);
      case RETRY -> retry(world, client);
      case DROP -> drop(world, client, true);
      case DROP_UNHEARD -> drop(world, client, false);
      case RESUME -> resume(world, client);
      case RESUME_OLD -> resumeOld(world, client);
      case RESUME_UNREAD -> resumeUnread(world, client);
      case CONFIRM -> confirm(world, client);
      case LEAVE -> leave(world, client);
      case BAR -> bar(world, client);
      case TICK -> pass(world, 100, 1);
      case WAIT -> pass(world, how % 2 == 0 ? 1_000 : 100, 1 + how % 10);
      case JUMP -> pass(world, how % 3 == 0 ? 300_000 : 30_000, 1);
      case RESIZE -> resize(world);
      case RATE -> rate(world);
      case OFFER -> offer(world);
      case PAUSE -> pause(world);
      case GATEWAY_DIES -> gatewayDies(world);
      case REPORT -> world.report("g" + how % 2);
      case DRAIN -> world.drain(how % 3 > 0);
      case MOVE -> move(world, client);
      case FAILOVER -> world.failover(how % 2 == 0 ? World.KILL_MS : World.FREEZE_MS);
      case CRASH -> world.crashAfter = how % 4;
      case REVOKE -> revoke(world, client);
      case STORE_SLOW -> world.prompt = false;
      case STORE_SAYS -> storeSays(world);
      case GHOST -> world.ghost(how % 4, "ghost" + how);
      default -> throw new IllegalStateException();
    }
  }

  private void join(World world, Client client, String gateway) {
    if (client.holder != null || !world.alive.contains(gateway)) {
      return;
    }
    forgetGrace(world, client);
    client.ended();
    client.holder = world.newSocket(how % 2);
    world.ask(client, new Join("q", client.user, "a" + world.refs, client.holder, client.userClass, -1, "default", null));
  }

  /** The user's other tabs may lose what they left behind. */
  private static void forgetGrace(World world, Client joining) {
    world.clients.stream().filter(client -> client.user.equals(joining.user)).forEach(client -> client.graceUntilMs = 0);
  }

  private void joinAgain(World world, Client client) {
    if (client.isOnSocket() && client.token != null) {
      SessionClaim before = client.token;
      world.ask(client, new Join("q", client.user, "b" + world.refs, client.holder, client.userClass, -1, "default", null));
      if (client.token != null && world.prompt && world.term == Place.term(before.session().place())) {
        assertThat(client.token).as("invariant 9: joining again changes nothing").isEqualTo(before);
      }
    }
  }

  private void joinHttp(World world, Client client) {
    if (client.holder == null) {
      forgetGrace(world, client);
      client.ended();
      client.holder = new Holder("g0", null);
      world.ask(client, new Join("q", client.user, "h" + world.refs, client.holder, client.userClass, -1, "default", null));
    }
  }

  private void poll(World world, Client client) {
    if (client.holder != null && !client.isOnSocket() && client.token != null) {
      world.ask(client, new Poll("q", client.token));
    }
  }

  private void retry(World world, Client client) {
    if (client.asked != null && client.holder != null) {
      if (client.asked instanceof Join) {
        forgetGrace(world, client);
      }
      world.ask(client, client.asked);
    }
  }

  private void drop(World world, Client client, boolean heard) {
    if (client.isOnSocket()) {
      world.drop(client, heard);
    }
  }

  /** By token: after a drop, or to claim what was waited for over HTTP. Inside GRACE it succeeds. */
  private void resume(World world, Client client) {
    if (client.token == null || client.isOnSocket()) {
      return;
    }
    boolean calm = world.prompt && world.crashAfter < 0;
    boolean due = world.now < client.graceUntilMs && calm;
    SessionClaim token = client.token;
    client.holder = world.newSocket(world.alive.contains("g1") ? how % 2 : 0);
    client.graceUntilMs = 0;
    client.in = false;
    world.ask(client, new Resume("q", "r" + world.refs, token, client.holder));
    if (calm && client.token != null) {
      assertThat(client.token.generation()).as("invariant 2: generation after the use of %s", token).isGreaterThan(token.generation());
    }
    if (due) {
      assertThat(client.in).as("invariant 8: reconnect of %s inside GRACE, %s", token, world.store.places.get(token.session().place())).isTrue();
      assertThat(client.token.session()).as("invariant 8: the session").isEqualTo(token.session());
    }
  }

  /** Sent away by a node that drains, it comes to the other by its token; its slot goes over with it. */
  private void move(World world, Client client) {
    PlaceRecord before = client.token == null ? null : world.store.places.get(client.token.session().place());
    if (!client.isOnSocket() || before == null) {
      return;
    }
    boolean due = client.in && before.stage() == PlaceRecord.Stage.CONNECTED && world.prompt && world.crashAfter < 0;
    SessionClaim token = client.token;
    client.holder = world.newSocket(0);
    world.ask(client, new Resume("q", "m" + world.refs, token, client.holder));
    if (due) {
      assertThat(client.in).as("invariant 8: %s moves", token).isTrue();
      assertThat(world.store.places.get(before.id()).slot()).as("invariant 9: the slot of %s, which moves", token).isEqualTo(before.slot());
    }
  }

  /** Somebody has found an old token, and tries it again and again. */
  private void resumeOld(World world, Client client) {
    if (client.oldToken == null || !client.isOnSocket()) {
      return;
    }
    if (how % 4 > 0) {
      confirm(world, client);
    }
    SessionClaim old = client.oldToken;
    for (int i = 0; i <= how % 6; i++) {
      Client thief = new Client(client.user, client.userClass);
      thief.holder = world.newSocket(0);
      world.ask(thief, new Resume("q", "t" + world.refs, old, thief.holder));
      world.now += how % 3 * 10_000;
    }
  }

  /** The reply is never read, the socket is gone at once, and the client has its old token only. */
  private void resumeUnread(World world, Client client) {
    if (client.token == null || client.isOnSocket() || world.crashAfter >= 0 || !world.prompt) {
      return;
    }
    long grace = client.graceUntilMs;
    Client unread = new Client(client.user, client.userClass);
    unread.holder = world.newSocket(0);
    world.ask(unread, new Resume("q", "u" + world.refs, client.token, unread.holder));
    if (unread.token != null) {
      boolean in = unread.in;
      world.drop(unread, true);
      client.holder = null;
      client.graceUntilMs = in && grace > 0 ? unread.graceUntilMs : 0;
    }
  }

  private void confirm(World world, Client client) {
    if (client.isOnSocket() && client.token != null) {
      world.ask(client, new Confirm("q", client.token.session(), client.token.generation()));
    }
  }

  private void leave(World world, Client client) {
    if (client.token != null) {
      SessionClaim token = client.token;
      client.ended();
      world.ask(client, new Leave("q", token.session()));
    }
  }

  private void bar(World world, Client client) {
    if (client.isOnSocket() && client.token != null) {
      world.audit.barred = true;
      client.barred = how % 2 == 0;
      world.ask(client, new Away("q", client.token.session(), client.holder, how % 2 == 0));
    }
  }

  private void pass(World world, long ms, int times) {
    for (int i = 0; i < times; i++) {
      world.now += ms;
      world.hear(new QueueEvent.Tick());
    }
  }

  private void resize(World world) {
    world.capacity = how % 5;
    world.hear(new QueueEvent.Resized(world.capacity, -1));
  }

  private void rate(World world) {
    world.rate = how % 3 * 3;
    world.freeSinceMs = -1;
    world.hear(new QueueEvent.Resized(-1, world.rate));
  }

  private void offer(World world) {
    world.offered = how % 5;
    world.hear(new QueueEvent.Offered(world.offered));
  }

  private void pause(World world) {
    world.paused = how % 2 == 0;
    world.hear(new QueueEvent.Paused(world.paused));
  }

  private void gatewayDies(World world) {
    if (how % 3 == 0) {
      world.clients.stream().filter(client -> client.isOnSocket() && client.holder.gateway().equals("g1")).forEach(client -> world.drop(client, false));
      world.alive.remove("g1");
    } else {
      world.alive.add("g1");
    }
    world.hear(new QueueEvent.Alive(Set.copyOf(world.alive)));
  }

  private void revoke(World world, Client client) {
    world.clients.stream().filter(other -> other.user.equals(client.user)).forEach(other -> other.graceUntilMs = 0);
    world.hear(new QueueEvent.Revoked(client.user, null));
  }

  private void storeSays(World world) {
    world.prompt = true;
    world.say();
  }
}
