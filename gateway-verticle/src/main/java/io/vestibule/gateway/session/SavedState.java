package io.vestibule.gateway.session;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Return;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a session remembers over a reconnection, as it is kept by the coordinator: a JSON object that only gateways read. The token itself is not in it.
 *
 * @param claims what the last token said, or null where nothing is known
 * @param lastChance whether the end in the claims is one that was put off already
 * @param topics what the client subscribed to, without the user's own
 * @param granted what servers subscribed it to beyond what it may by itself
 * @param attributes the application's object as JSON text, or null
 * @param reconnects how often it came back
 * @param watched topics of these whose presence the client watches
 * @param status what the user said of himself, or null
 * @param device what the client calls its device, or null for the usual name
 */
public record SavedState(Claims claims, boolean lastChance, List<String> topics, List<Grant> granted, String attributes, int reconnects,
    List<String> watched, UserStatus status, String device) {
  /** Bytes that the place where a grant begins takes at most. */
  static final int MOST_OF_A_PLACE = 30;
  static final SavedState NOTHING = new SavedState(null, false, List.of(), List.of(), null, 0, List.of(), null, null);

  /**
   * What a server subscribed a session to.
   *
   * @param topic or pattern
   * @param since where it begins in the topic's log; null where that is not known, or there is no log
   */
  public record Grant(String topic, Position since) {
    private String place() {
      return since == null ? "" : since.epochText() + ':' + since.offset();
    }

    private static Grant of(String topic, String place) {
      int colon = place.indexOf(':');
      Position since = colon < 0 ? null : new Position(Position.epochOf(place.substring(0, colon)), Long.parseLong(place.substring(colon + 1)));
      return new Grant(topic, since == null || since.epoch() == Return.NO_EPOCH || since.offset() < 0 ? null : since);
    }
  }

  public SavedState {
    topics = List.copyOf(topics);
    granted = List.copyOf(granted);
    watched = List.copyOf(watched);
  }

  /**
   * What a session remembers from its first moment.
   *
   * @param claims what the token said
   * @param device what the client calls its device, or null for the usual name
   * @param maxBytes what a session may remember
   * @return empty where nothing is remembered
   */
  public static Optional<String> beginning(Claims claims, String device, long maxBytes) {
    boolean fits = remembers(claims, maxBytes);
    return fits || device != null ? Optional.of(beginning(fits ? claims : null, device).encode()) : Optional.empty();
  }

  /** Whether a session remembers these claims: those that would leave little room for anything else it does not, and whoever comes back has to bring a token then. */
  static boolean remembers(Claims claims, long maxBytes) {
    return beginning(claims, null).encode().getBytes(StandardCharsets.UTF_8).length <= maxBytes / 2;
  }

  private static SavedState beginning(Claims claims, String device) {
    return new SavedState(claims, false, List.of(), List.of(), null, 0, List.of(), null, device);
  }

  String encode() {
    JsonObject json = new JsonObject();
    put(json, "topics", topics);
    put(json, "granted", granted.stream().map(Grant::topic).toList());
    // Beside the topics, in their order: whoever does not know of places reads the topics.
    put(json, "since", granted.stream().allMatch(grant -> grant.since() == null) ? List.of() : granted.stream().map(Grant::place).toList());
    if (attributes != null) {
      json.put("attributes", new JsonObject(attributes));
    }
    if (reconnects > 0) {
      json.put("reconnects", reconnects);
    }
    put(json, "watched", watched);
    if (status != null) {
      json.put("status", new JsonObject().put("status", status.status()).put("data", status.data()).put("at", status.atMs()));
    }
    if (device != null) {
      json.put("device", device);
    }
    if (claims != null) {
      json.put("claims", encode(claims));
    }
    return json.encode();
  }

  /** The same without the places where grants begin: then they begin where somebody comes back. */
  SavedState withoutPlaces() {
    return new SavedState(claims, lastChance, topics, granted.stream().map(grant -> new Grant(grant.topic(), null)).toList(), attributes, reconnects, watched, status, device);
  }

  /** What places will take that are not known yet, or can become longer, in bytes. */
  int roomForPlaces() {
    return granted.stream().mapToInt(grant -> MOST_OF_A_PLACE - (grant.since() == null ? 0 : grant.place().length() + "\"\",".length())).sum();
  }

  private JsonObject encode(Claims of) {
    JsonObject json = new JsonObject().put("exp", of.expiresAtMs());
    if (lastChance) {
      json.put("lastChance", true);
    }
    // An empty list permits nothing and no list everything, so here they differ.
    if (of.subscribe() != null) {
      json.put("subscribe", new JsonArray(of.subscribe()));
    }
    if (of.publish() != null) {
      json.put("publish", new JsonArray(of.publish()));
    }
    put(json, "api", List.copyOf(of.api()));
    if (of.info() != null) {
      json.put("info", of.info());
    }
    if (of.maxConnections() != null) {
      json.put("max", of.maxConnections());
    }
    if (of.priorityClass() != null) {
      json.put("class", of.priorityClass());
    }
    if (of.admin()) {
      json.put("admin", true);
    }
    return json;
  }

  private static void put(JsonObject json, String key, List<String> list) {
    if (!list.isEmpty()) {
      json.put(key, new JsonArray(list));
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param userId whose session it is
   * @param text null stands for nothing
   * @return what is remembered; empty where the text is not of this form, as a newer version's may be
   */
  static Optional<SavedState> decode(String userId, String text) {
    if (text == null) {
      return Optional.of(NOTHING);
    }
    try {
      JsonObject json = new JsonObject(text);
      JsonObject claims = json.getJsonObject("claims");
      JsonObject attributes = json.getJsonObject("attributes");
      return Optional.of(new SavedState(claims == null ? null : claims(userId, claims), claims != null && claims.getBoolean("lastChance", false),
          strings(json.getJsonArray("topics", new JsonArray())), granted(strings(json.getJsonArray("granted", new JsonArray())), strings(json.getJsonArray("since", new JsonArray()))),
          attributes == null ? null : attributes.encode(), json.getInteger("reconnects", 0),
          strings(json.getJsonArray("watched", new JsonArray())), status(json.getJsonObject("status")), json.getString("device")));
    } catch (DecodeException | ClassCastException | NullPointerException | NumberFormatException notOurs) {
      return Optional.empty();
    }
  }

  private static Claims claims(String userId, JsonObject json) {
    return new Claims(userId, json.getLong("exp"), stringsOrNull(json.getJsonArray("subscribe")), stringsOrNull(json.getJsonArray("publish")),
        Set.copyOf(strings(json.getJsonArray("api", new JsonArray()))), json.getJsonObject("info"), json.getInteger("max"), json.getString("class"),
        json.getBoolean("admin", false));
  }

  /** Of a session that was saved without places, or by somebody who does not know of them, none is known. */
  private static List<Grant> granted(List<String> topics, List<String> places) {
    boolean known = places.size() == topics.size();
    return IntStream.range(0, topics.size()).mapToObj(i -> known ? Grant.of(topics.get(i), places.get(i)) : new Grant(topics.get(i), null)).toList();
  }

  private static UserStatus status(JsonObject json) {
    return json == null ? null : new UserStatus(json.getString("status"), json.getString("data"), json.getLong("at"));
  }

  private static List<String> stringsOrNull(JsonArray array) {
    return array == null ? null : strings(array);
  }

  private static List<String> strings(JsonArray array) {
    return array.stream().map(String.class::cast).toList();
  }
}
