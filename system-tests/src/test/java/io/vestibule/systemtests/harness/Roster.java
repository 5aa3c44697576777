package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Who is really there, by the word of a test that opens every socket itself: in some topics, so that many shards are meant, the same in each. Whose socket has ended is not there: a half of a partition may
 * give somebody a session of which nobody knows when the halves have met.
 */
public final class Roster {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Nodes nodes;
  private final List<String> topics;
  private final List<Entry> entries = new ArrayList<>();

  /** A socket of a user, who watches or not. */
  private record Entry(VestibuleProcess node, String user, Client client, List<Watcher> watchers) {}

  /** Nobody is there. */
  public Roster(Nodes nodes, String... topics) {
    this.nodes = nodes;
    this.topics = Arrays.asList(topics);
  }

  /** Somebody comes, and is in every topic. */
  public Client enter(VestibuleProcess node, String user) throws InterruptedException {
    Client client = nodes.connect(node, user);
    for (String topic : topics) {
      client.subscribe(topic);
    }
    entries.add(new Entry(node, user, client, List.of()));
    return client;
  }

  /** Somebody comes, is in every topic and watches who else is. */
  public Client watch(VestibuleProcess node, String user) throws InterruptedException {
    Client client = nodes.connect(node, user);
    List<Watcher> watchers = new ArrayList<>();
    for (String topic : topics) {
      watchers.add(Watcher.of(client, topic));
    }
    entries.add(new Entry(node, user, client, watchers));
    return client;
  }

  /** Somebody goes for good. */
  public void leave(String user) {
    entries.stream().filter(entry -> entry.user.equals(user)).forEach(entry -> entry.client.send(new JsonObject().put("type", "leave")));
    entries.removeIf(entry -> entry.user.equals(user));
  }

  /** A node is no more, and nobody who was there. */
  public void gone(VestibuleProcess node) {
    entries.removeIf(entry -> entry.node == node);
  }

  /** Waits until whoever watches on one of these nodes, and each of these nodes when it is asked, knows of just those who are on them. */
  public Duration awaitTruth(String when, Collection<VestibuleProcess> of) {
    Duration taken = Eventually.within(LIMIT, () -> when + " there are " + truth(of) + "; not so " + wrong(of), () -> wrong(of).isEmpty());
    System.out.println(when + ": everybody knows the truth after " + taken.toMillis() + " ms");
    return taken;
  }

  private Map<String, Integer> truth(Collection<VestibuleProcess> of) {
    var truth = new TreeMap<String, Integer>();
    entries.stream().filter(entry -> of.contains(entry.node)).forEach(entry -> truth.merge(entry.user, 1, Integer::sum));
    return truth;
  }

  private List<String> wrong(Collection<VestibuleProcess> of) {
    entries.removeIf(entry -> of.contains(entry.node) && entry.client.hasEnded());
    Map<String, Integer> truth = truth(of);
    List<String> wrong = new ArrayList<>();
    for (Entry entry : entries) {
      if (of.contains(entry.node)) {
        entry.watchers.stream().filter(watcher -> !watcher.connections().equals(truth)).forEach(watcher -> wrong.add(watcher + " " + watcher.connections()));
      }
    }
    if (!wrong.isEmpty()) {
      return wrong;
    }
    for (VestibuleProcess node : of) {
      topics.stream().map(topic -> answer(node, topic)).filter(answer -> !answer.equals(truth.toString())).forEach(answer -> wrong.add(node.name() + " " + answer));
    }
    return wrong;
  }

  /** Who is in a topic and with how many connections, as a node answers; or what else it says. */
  public static String answer(VestibuleProcess node, String topic) {
    return answer(node, topic, member -> member.getInteger("connections"));
  }

  /** As the other, and how each member looks. */
  static String answer(VestibuleProcess node, String topic, Function<JsonObject, Object> look) {
    try {
      HttpResponse<String> answer = node.call("/api/presence/" + topic + "?limit=1000", Nodes.API_KEY, null);
      if (answer.statusCode() != 200) {
        return answer.body();
      }
      var members = new TreeMap<String, Object>();
      for (Object member : new JsonObject(answer.body()).getJsonArray("members")) {
        members.put(((JsonObject) member).getString("userId"), look.apply((JsonObject) member));
      }
      return members.toString();
    } catch (IOException notThere) {
      return notThere.toString();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return stopped.toString();
    }
  }

  /** Of whom those who watch on a node were ever told that they left. */
  public Set<String> everLeft(VestibuleProcess node) {
    var left = new TreeSet<String>();
    entries.stream().filter(entry -> entry.node == node).forEach(entry -> entry.watchers.forEach(watcher -> left.addAll(watcher.everLeft())));
    return left;
  }
}
