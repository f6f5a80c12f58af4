// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.patch;

import io.gitlb.apiserver.patch.FieldOwner.Operation;
import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.JsonTree;
import io.gitlb.apiserver.resource.Refusal;
import io.gitlb.apiserver.resource.Refusal.Cause;
import io.gitlb.apiserver.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who owns which fields of an object: server-side apply, and what ordinary writes do to it.
public final class FieldOwnership {
  /// What identifies an object or belongs to the server is owned by nobody.
  private static final Set<String> UNOWNED_METADATA =
      Set.of(
          "name",
          "namespace",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields",
          "selfLink");

  private FieldOwnership() {}

  /// Who writes.
  ///
  /// @param manager name of the field manager
  /// @param subresource empty for the main resource
  /// @param time as the object writes it
  public record Writer(String manager, String subresource, String time) {}

  /// What to do about fields that others own and that would change.
  public enum OnConflict {
    REFUSE,
    TAKE_OVER
  }

  /// Server-side apply: the live object with what is applied merged in, what the manager applied
  /// earlier and no longer does taken out (unless somebody else owns it too), and the new owners
  /// written down. An apply that changes nothing gives back an equal object.
  ///
  /// @param applied without what the resource ignores (a status apply's spec)
  public static Answer<ObjectNode> apply(
      ResourceKind kind,
      ObjectNode live,
      ObjectNode applied,
      Writer writer,
      OnConflict onConflict) {
    Places places = new Places(kind);
    List<FieldOwner> owners = FieldOwner.read(live);
    FieldSet mine = owned(FieldSet.of(kind, applied));
    FieldOwner me =
        new FieldOwner(
            writer.manager(), Operation.APPLY, writer.subresource(), writer.time(), mine);
    FieldSet changed =
        mine.where(
            place -> {
              JsonNode now = places.find(live, place);
              JsonNode next = places.find(applied, place);
              return isElement(place) ? now.isMissingNode() : !now.equals(next);
            });
    List<Cause> conflicts = conflicts(owners, me, changed);
    if (!conflicts.isEmpty() && onConflict == OnConflict.REFUSE) {
      return Answer.refused(
          Refusal.applyConflict(kind, JsonTree.text(live, "metadata", "name"), conflicts));
    }
    ObjectNode next = live.deepCopy();
    places.merge(next, applied, "");
    FieldSet others = FieldSet.EMPTY;
    FieldSet before = FieldSet.EMPTY;
    List<FieldOwner> ownersNow = new ArrayList<>();
    for (FieldOwner owner : owners) {
      if (owner.isSameOwnerAs(me)) {
        before = owner.fields();
      } else {
        FieldOwner kept = owner.withFields(owner.fields().minus(changed));
        others = others.plus(kept.fields());
        ownersNow.add(kept);
      }
    }
    prune(places, next, before.minus(mine), others.plus(mine));
    String time = mine.equals(before) && changed.isEmpty() ? timeOf(owners, me) : writer.time();
    ownersNow.add(new FieldOwner(me.manager(), me.operation(), me.subresource(), time, mine));
    FieldOwner.write(next, kind.apiVersion(), inOrder(owners, ownersNow));
    return Answer.of(next);
  }

  private static boolean isElement(List<String> place) {
    return !place.getLast().startsWith("f:");
  }

  private static String timeOf(List<FieldOwner> owners, FieldOwner me) {
    return owners.stream()
        .filter(me::isSameOwnerAs)
        .map(FieldOwner::time)
        .findFirst()
        .orElse(me.time());
  }

  /// Owners keep their place in the list, so that a repeated apply gives an equal object.
  private static List<FieldOwner> inOrder(List<FieldOwner> before, List<FieldOwner> now) {
    List<FieldOwner> ordered = new ArrayList<>();
    for (FieldOwner old : before) {
      now.stream().filter(old::isSameOwnerAs).forEach(ordered::add);
    }
    now.stream()
        .filter(owner -> before.stream().noneMatch(owner::isSameOwnerAs))
        .forEach(ordered::add);
    return ordered;
  }

  private static List<Cause> conflicts(List<FieldOwner> owners, FieldOwner me, FieldSet changed) {
    List<Cause> conflicts = new ArrayList<>();
    for (FieldOwner owner : owners) {
      if (owner.isSameOwnerAs(me)) {
        continue;
      }
      String part =
          owner.subresource().isEmpty() ? "" : " with subresource \"" + owner.subresource() + "\"";
      for (List<String> place : owner.fields().and(changed).places()) {
        conflicts.add(
            new Cause(
                "FieldManagerConflict",
                "conflict with \"%s\"%s using v1".formatted(owner.manager(), part),
                FieldSet.describe(place)));
      }
    }
    return conflicts;
  }

  /// Takes out what is no longer applied; an element of a keyed list goes whole, before its parts,
  /// unless somebody owns something in it.
  private static void prune(Places places, ObjectNode next, FieldSet dropped, FieldSet stillOwned) {
    for (List<String> place : dropped.places()) {
      if (!stillOwned.contains(place) && !stillOwned.hasBelow(place)) {
        places.remove(next, place);
      }
    }
  }

  /// An ordinary write (POST, PUT or a patch other than apply): who wrote owns what changed, and
  /// nobody else does.
  ///
  /// @param before an empty object for a new one
  /// @param after changed in place
  public static void recordUpdate(
      ResourceKind kind, JsonNode before, ObjectNode after, Writer writer) {
    FieldSet old = owned(FieldSet.of(kind, before));
    FieldSet now = owned(FieldSet.of(kind, after));
    Places places = new Places(kind);
    FieldSet changed =
        now.where(
            place ->
                isOf(kind, writer.subresource(), place)
                    && (!old.contains(place)
                        || (!isElement(place)
                            && !places.find(before, place).equals(places.find(after, place)))));
    FieldSet gone = old.minus(now);
    if (changed.isEmpty() && gone.isEmpty()) {
      return;
    }
    FieldOwner me =
        new FieldOwner(
            writer.manager(), Operation.UPDATE, writer.subresource(), writer.time(), changed);
    List<FieldOwner> owners = new ArrayList<>();
    boolean found = false;
    for (FieldOwner owner : FieldOwner.read(before)) {
      if (owner.isSameOwnerAs(me)) {
        found = true;
        owners.add(me.withFields(owner.fields().minus(gone).plus(changed)));
      } else {
        owners.add(owner.withFields(owner.fields().minus(gone).minus(changed)));
      }
    }
    if (!found) {
      owners.add(me);
    }
    FieldOwner.write(after, kind.apiVersion(), owners);
  }

  /// Whether a place can be written through a sub-resource (empty: the main resource): the status
  /// only through its own, everything but the spec through that.
  private static boolean isOf(ResourceKind kind, String subresource, List<String> place) {
    if (!kind.has(ResourceKind.Trait.STATUS)) {
      return true;
    }
    return subresource.equals("status")
        ? !place.getFirst().equals("f:spec")
        : !place.getFirst().equals("f:status");
  }

  private static FieldSet owned(FieldSet all) {
    return all.where(
        place ->
            !place.getFirst().equals("f:apiVersion")
                && !place.getFirst().equals("f:kind")
                && !isUnownedMetadata(place));
  }

  private static boolean isUnownedMetadata(List<String> place) {
    return place.getFirst().equals("f:metadata")
        && (place.size() == 1 || UNOWNED_METADATA.contains(place.get(1).substring(2)));
  }
}
