package io.vestibule.admission.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The order of a queue's waiters. One lane for each priority class; who joined earlier stands before who joined later in a lane, and across lanes the key counts, joining
 * time less the credit of the class. So a waiter is only passed by those of a higher class who come within the credit, and nobody starves. Equal keys: the class with
 * the smaller credit first (it came earlier), then by name of the class, then by order; somebody without a class, or of one that is not configured, counts as of a class
 * with credit 0 that stands before all others of credit 0.
 *
 * <p>A place is known by its ticket, which is never given twice by one line. It is live or away: an away place keeps its spot, is skipped, and does not count for those
 * behind it. Join, cancel, rank and select take well under a microsecond among millions. Memory: about 1 byte for each place. A place that is restored before others of
 * its class, and what is left of the oldest when nearly all around it were cancelled, is kept aside sorted, at about 100 bytes and a microsecond each.
 *
 * <p>Not thread-safe.
 */
public final class Line {
  /** No ticket. */
  public static final long NONE = -1;

  private static final int LANE_SHIFT = 56;
  private static final long POSITION_MASK = (1L << LANE_SHIFT) - 1;
  private static final int STRAY_LANE = 127;

  private final Lane[] lanes;
  private final Map<String, Lane> byClass = new HashMap<>();
  private final Strays strays = new Strays();
  private long strayTickets;

  /**
   * An empty line.
   *
   * @param creditsMs by class: so many milliseconds earlier its members count as having come, at least 0
   * @throws IllegalArgumentException if a credit is negative, or there are more than 126 classes
   */
  public Line(Map<String, Long> creditsMs) {
    if (creditsMs.size() >= STRAY_LANE || creditsMs.values().stream().anyMatch(credit -> credit < 0)) {
      throw new IllegalArgumentException("credits " + creditsMs);
    }
    List<String> classes = new ArrayList<>(creditsMs.keySet());
    classes.sort(Comparator.<String, Long>comparing(creditsMs::get).thenComparing(Comparator.naturalOrder()));
    lanes = new Lane[classes.size() + 1];
    lanes[0] = new Lane(0, 0);
    for (int i = 1; i < lanes.length; i++) {
      String name = classes.get(i - 1);
      lanes[i] = new Lane(i, creditsMs.get(name));
      byClass.put(name, lanes[i]);
    }
  }

  /**
   * Takes a place at the end of a class. A clock that went back does not bring anybody forward: the joining time is the latest of the class if that is later.
   *
   * @param userClass the class, or null
   * @param nowMs Unix milliseconds
   * @param order higher than each order of the class before; decides within a millisecond
   * @return the ticket; {@link #joinedAtMs} tells the joining time
   */
  public long join(String userClass, long nowMs, long order) {
    return restore(userClass, Math.max(nowMs, lane(userClass).lastJoinedAtMs()), order);
  }

  /**
   * Puts a place back where it stood, which may be before others that are there already. The cheap way is to restore all of a class by joining time and order, rising.
   *
   * @param joinedAtMs the original joining time
   * @param order the original order
   * @return the ticket
   */
  public long restore(String userClass, long joinedAtMs, long order) {
    Lane lane = lane(userClass);
    lane.heardOf(joinedAtMs);
    if (!lane.isAtEnd(joinedAtMs, order)) {
      long ticket = (long) STRAY_LANE << LANE_SHIFT | strayTickets++;
      strays.add(new Spot(joinedAtMs - lane.creditMs, lane.index, order, ticket), true);
      return ticket;
    }
    long ticket = ticket(lane, lane.append(joinedAtMs, order));
    if (lane.isSparse()) {
      setOldestAside(lane);
    }
    return ticket;
  }

  /** Positions that cost memory, among them those of places that were given up. */
  long kept() {
    long kept = 0;
    for (Lane lane : lanes) {
      kept += lane.places.end() - lane.places.start();
    }
    return kept;
  }

  /** Gives a place up: it was admitted, left, or its time ran out. Nothing happens if it is not there (any more). */
  public void cancel(long ticket) {
    Spot stray = strays.get(ticket);
    if (stray != null) {
      strays.release(stray);
    } else if (inLane(ticket)) {
      laneOf(ticket).release(position(ticket));
    }
  }

  /** Says whether a place is to be passed over; it keeps its spot. Nothing happens if it is not there. */
  public void setAway(long ticket, boolean away) {
    Spot stray = strays.get(ticket);
    if (stray != null) {
      strays.setLive(stray, !away);
    } else if (inLane(ticket)) {
      laneOf(ticket).places.setLive(position(ticket), !away);
    }
  }

  /** Whether a place is there, live or away. */
  public boolean contains(long ticket) {
    return strays.get(ticket) != null || inLane(ticket);
  }

  /** Whether a place is there and away. */
  public boolean isAway(long ticket) {
    Spot stray = strays.get(ticket);
    return stray != null ? !strays.isLive(stray) : inLane(ticket) && !laneOf(ticket).places.isLive(position(ticket));
  }

  /**
   * How a place stands: 1 and the live places before it.
   *
   * @throws IllegalArgumentException if the place is not there
   */
  public long rank(long ticket) {
    if (lanes.length == 1 && strays.liveCount() == 0 && inLane(ticket)) {
      return 1 + lanes[0].places.countBefore(position(ticket));
    }
    Spot spot = spot(ticket);
    long before = strays.liveCount() == 0 ? 0 : strays.countBefore(spot);
    for (Lane lane : lanes) {
      if (lane.places.liveCount() > 0) {
        before += lane.places.countBefore(spot.lane() == lane.index && spot.stray() < 0 ? position(ticket) : lane.lowerBound(spot));
      }
    }
    return 1 + before;
  }

  /** The ticket of the first live place, {@link #NONE} if there is none. */
  public long first() {
    if (lanes.length == 1 && strays.liveCount() == 0) {
      long position = lanes[0].places.nextLive(0);
      return position < 0 ? NONE : ticket(lanes[0], position);
    }
    return foremost(null, NONE, strays.first());
  }

  /**
   * The ticket of the next live place behind one that may be live or away, {@link #NONE} if there is none.
   *
   * @throws IllegalArgumentException if that place is not there
   */
  public long next(long ticket) {
    Spot spot = spot(ticket);
    return foremost(spot, ticket, strays.after(spot));
  }

  /** Live places. */
  public long size() {
    long size = strays.liveCount();
    for (Lane lane : lanes) {
      size += lane.places.liveCount();
    }
    return size;
  }

  /** Places that are away. */
  public long away() {
    long held = strays.heldCount();
    for (Lane lane : lanes) {
      held += lane.places.heldCount();
    }
    return held - size();
  }

  /**
   * When a place was taken, Unix milliseconds.
   *
   * @throws IllegalArgumentException if the place is not there
   */
  public long joinedAtMs(long ticket) {
    Spot spot = spot(ticket);
    return spot.key() + lanes[spot.lane()].creditMs;
  }

  /** The foremost live place behind a spot, that of a ticket (from the very front if null), given the stray that is. */
  private long foremost(Spot behind, long behindTicket, Spot stray) {
    Spot best = stray;
    long ticket = stray == null ? NONE : stray.stray();
    for (Lane lane : lanes) {
      long from = 0;
      if (behind != null && lane.places.liveCount() > 0) {
        from = behind.lane() == lane.index && behind.stray() < 0 ? position(behindTicket) + 1 : lane.lowerBound(behind);
      }
      long position = lane.places.nextLive(from);
      if (position >= 0) {
        Spot spot = lane.spot(position);
        if (best == null || spot.compareTo(best) < 0) {
          best = spot;
          ticket = ticket(lane, position);
        }
      }
    }
    return ticket;
  }

  /** Keeps what is kept of cancelled places in proportion to the others: one place for each that joins is enough, since it frees several. */
  private void setOldestAside(Lane lane) {
    long position = lane.places.firstHeld();
    Spot spot = lane.spot(position);
    boolean live = lane.places.isLive(position);
    lane.release(position);
    strays.add(new Spot(spot.key(), spot.lane(), spot.order(), ticket(lane, position)), live);
  }

  private Spot spot(long ticket) {
    Spot stray = strays.get(ticket);
    if (stray != null) {
      return stray;
    }
    if (!inLane(ticket)) {
      throw new IllegalArgumentException("no place has ticket " + ticket);
    }
    return laneOf(ticket).spot(position(ticket));
  }

  private Lane lane(String userClass) {
    return Objects.requireNonNullElse(byClass.get(userClass), lanes[0]);
  }

  private boolean inLane(long ticket) {
    int lane = (int) (ticket >>> LANE_SHIFT);
    return lane < lanes.length && lanes[lane].places.isHeld(position(ticket));
  }

  private Lane laneOf(long ticket) {
    return lanes[(int) (ticket >>> LANE_SHIFT)];
  }

  private static long ticket(Lane lane, long position) {
    return (long) lane.index << LANE_SHIFT | position;
  }

  private static long position(long ticket) {
    return ticket & POSITION_MASK;
  }
}
