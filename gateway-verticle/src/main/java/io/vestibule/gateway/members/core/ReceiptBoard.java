package io.vestibule.gateway.members.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known in one place of how far the members of a topic are: it is read, and told of what changes. What cannot be judged yet is kept until the next reading: before the first, and of somebody who is not
 * known to be a member, since that he has become one may have been lost, or be late. Pure, one thread.
 */
public final class ReceiptBoard {
  /** Members of a topic that are told of each other; in larger ones nobody is, since everybody would be told of everybody. */
  public static final int MOST_MEMBERS = 200;

  private final Map<String, Mark> doubted = new HashMap<>();
  /** What was said of members since the reading that is under way began. */
  private final Map<String, Word> news = new HashMap<>();
  private boolean reads;
  private Marks marks = new Marks();
  /** Null before they were read. */
  private Set<String> members;

  /** Whether it was read. */
  public boolean isKnown() {
    return members != null;
  }

  /** Whether there are too many to tell anybody. */
  public boolean isLarge() {
    return members != null && members.size() > MOST_MEMBERS;
  }

  /** Whether somebody is known to be the only member. */
  public boolean isAlone(String userId) {
    return members != null && members.size() <= 1 && members.contains(userId);
  }

  /** Whether there is something that the next reading has to judge. */
  public boolean doubts() {
    return !doubted.isEmpty();
  }

  /** How many people it remembers. */
  public int people() {
    return members == null ? doubted.size() : members.size();
  }

  /** A reading begins. */
  public void begin() {
    reads = true;
  }

  /** Nothing could be read. */
  public void failed() {
    end();
  }

  private void end() {
    reads = false;
    news.clear();
  }

  /**
   * What was read.
   *
   * @param roster the members
   * @param found how far they are
   * @return what of it, and of what was doubted, nobody was told before
   */
  public Map<String, Mark> read(Map<String, Word> roster, Map<String, Mark> found) {
    members = new HashSet<>(roster.keySet());
    news.forEach((user, word) -> {
      if (Word.newer(roster.get(user), word) == word) {
        turn(user, word.member());
      }
    });
    end();
    Map<String, Mark> told = new TreeMap<>();
    found.forEach((user, mark) -> rise(user, mark, told));
    doubted.forEach((user, mark) -> rise(user, mark, told));
    doubted.clear();
    return told;
  }

  private void rise(String user, Mark mark, Map<String, Mark> told) {
    Mark more = isLarge() || !members.contains(user) ? null : marks.rise(user, mark);
    if (more != null) {
      told.merge(user, more, Mark::with);
    }
  }

  /** It was told how far somebody is; says what of that is news, or null where nothing is, or it cannot be judged yet. */
  public Mark told(String userId, Mark mark) {
    if (isLarge()) {
      return null;
    }
    if (members != null && members.contains(userId)) {
      return marks.rise(userId, mark);
    }
    if (doubted.size() < MOST_MEMBERS || doubted.containsKey(userId)) {
      doubted.merge(userId, mark, (before, now) -> before.with(before.news(now)));
    }
    return null;
  }

  /** What of something that is said now would be news; null where nothing would. */
  public Mark news(String userId, Mark mark) {
    return marks.news(userId, mark);
  }

  /**
   * It was told who is a member, or is none any more.
   *
   * @return whether everybody has to be told everything, as soon as it is read anew: there were too many members, and are not any more
   */
  public boolean turned(String userId, Word word) {
    if (reads) {
      news.merge(userId, word, Word::newer);
    }
    if (members == null) {
      return false;
    }
    boolean wasLarge = isLarge();
    turn(userId, word.member());
    if (isLarge()) {
      marks = new Marks();
    } else if (wasLarge) {
      members = null;
    }
    return wasLarge && members == null;
  }

  private void turn(String user, boolean member) {
    if (member) {
      members.add(user);
    } else {
      members.remove(user);
      marks.drop(user);
    }
  }

  /** How far each member is who has said so. */
  public Map<String, Mark> all() {
    return isLarge() ? Map.of() : marks.all();
  }
}
