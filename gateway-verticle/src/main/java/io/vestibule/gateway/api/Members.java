package io.vestibule.gateway.api;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The members of an object of a request, all of which its call must know. A null counts as absent. */
public final class Members {
  private final String path;
  private final Map<String, JsonValue> members;

  private Members(String path, Map<String, JsonValue> members) {
    this.path = path;
    this.members = members;
  }

  /**
   * Opens an object.
   *
   * @param known the names that may occur
   * @throws Failure {@code UNKNOWN_FIELD} for any other, {@code WRONG_TYPE} where the value is no object, {@code DUPLICATE_KEY}
   */
  public static Members of(JsonValue object, Set<String> known) {
    Map<String, JsonValue> members = object.members();
    members.forEach((name, value) -> {
      if (!known.contains(name)) {
        throw Failure.ofField(ErrorReason.UNKNOWN_FIELD, value.path(), "The field '" + value.path() + "' is not known here.")
            .with("known", List.copyOf(new TreeSet<>(known)));
      }
    });
    return new Members(object.path(), members);
  }

  /** A member, or null where it is missing or null. */
  public JsonValue optional(String name) {
    JsonValue value = members.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /**
   * A member that has to be there and may not be null.
   *
   * @throws Failure {@code MISSING_FIELD}
   */
  public JsonValue required(String name) {
    JsonValue value = optional(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  /**
   * A member that has to be there; null is a value like any other.
   *
   * @throws Failure {@code MISSING_FIELD}
   */
  public JsonValue present(String name) {
    JsonValue value = members.get(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  /** The string of a member, or null where it is missing or null. */
  public String text(String name) {
    JsonValue value = optional(name);
    return value == null ? null : value.string();
  }

  /** As {@link #text}, of at most so many characters. */
  public String text(String name, int most) {
    String text = text(name);
    if (text != null && text.length() > most) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, at(name), "The field '" + at(name) + "' is longer than " + most + " characters.");
    }
    return text;
  }

  /** As {@link #required}, a string that is not empty. */
  public String requiredText(String name, int most) {
    required(name);
    String text = text(name, most);
    if (text.isEmpty()) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, at(name), "The field '" + at(name) + "' is empty.");
    }
    return text;
  }

  /** The truth value of a member; false where it is missing or null. */
  public boolean flag(String name) {
    JsonValue value = optional(name);
    return value != null && value.bool();
  }

  /** The name of a member as errors call it. */
  public String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private Failure missing(String name) {
    return Failure.ofField(ErrorReason.MISSING_FIELD, at(name), "The field '" + at(name) + "' is missing.");
  }
}
