package io.vestibule.gateway.log.core;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a shard has come, and how far it was in other lineages before that: a store that came back empty may be followed by a copy of what there was.
 *
 * @param lineage of the shard; 0 if nothing is known
 * @param version that it has given in that
 * @param before the same of the lineage that was heard of before this one, or null; {@value #MOST} at most are remembered
 */
public record ShardPlace(long lineage, long version, ShardPlace before) {
  /** Nothing is known. */
  public static final ShardPlace UNKNOWN = new ShardPlace(0, 0);
  private static final int MOST = 8;

  /** In one lineage. */
  public ShardPlace(long lineage, long version) {
    this(lineage, version, null);
  }

  /** From {@link #lineages}. */
  public static ShardPlace of(List<ShardPlace> lineages) {
    ShardPlace place = null;
    for (int i = Math.min(lineages.size(), MOST) - 1; i >= 0; i--) {
      place = new ShardPlace(lineages.get(i).lineage, lineages.get(i).version, place);
    }
    return place == null ? UNKNOWN : place;
  }

  /** Each lineage by itself, that which was heard of last first; none where nothing is known. */
  public List<ShardPlace> lineages() {
    List<ShardPlace> all = new ArrayList<>();
    for (ShardPlace place = this; place != null && place.lineage != 0; place = place.before) {
      all.add(new ShardPlace(place.lineage, place.version));
    }
    return all;
  }

  /** The version that is known in a lineage; 0 if that is not known. */
  public long versionIn(long ofLineage) {
    ShardPlace place = this;
    while (place != null && place.lineage != ofLineage) {
      place = place.before;
    }
    return place == null ? 0 : place.version;
  }

  /** What is known now, if this was known and that is heard. */
  public ShardPlace heard(long itsLineage, long itsVersion) {
    return itsLineage == lineage && itsVersion <= version ? this : at(itsLineage, Math.max(itsVersion, versionIn(itsLineage)));
  }

  /** The same where it is there, whatever was known of that lineage. */
  public ShardPlace at(long itsLineage, long itsVersion) {
    if (itsLineage == lineage) {
      return new ShardPlace(itsLineage, itsVersion, before);
    }
    List<ShardPlace> all = lineages();
    all.removeIf(place -> place.lineage == itsLineage);
    all.add(0, new ShardPlace(itsLineage, itsVersion));
    return of(all);
  }
}
