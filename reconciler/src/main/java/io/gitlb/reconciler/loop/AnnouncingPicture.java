// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.loop.Owners.Owned;
import io.gitlb.reconciler.loop.SpeakerWords.Said;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What should be announced beside what is, address by address. Only addresses of which something
/// has changed are looked at again.
final class AnnouncingPicture {

  private SnapshotMap<IpAddress, SortedSet<NodeName>> placed = SnapshotMap.empty();
  private SnapshotMap<IpAddress, NotAnnounced> notAnnounced = SnapshotMap.empty();
  private SnapshotMap<IpAddress, Said> said = SnapshotMap.empty();
  private SnapshotMap<IpAddress, Owned> owned = SnapshotMap.empty();

  private SnapshotMap<IpAddress, Announcing> picture = SnapshotMap.empty();

  /// @return address → what becomes of it; every address that is to be announced, that has a reason
  ///   why not, or of which a speaker says something
  SnapshotMap<IpAddress, Announcing> next(
      SnapshotMap<IpAddress, Said> nowSaid,
      SnapshotMap<IpAddress, Owned> nowOwned,
      DesiredContent content) {
    SortedSet<IpAddress> changed = new TreeSet<>();
    content.placed().changesSince(placed).forEach(change -> changed.add(change.key()));
    content.notAnnounced().changesSince(notAnnounced).forEach(change -> changed.add(change.key()));
    nowSaid.changesSince(said).forEach(change -> changed.add(change.key()));
    nowOwned.changesSince(owned).forEach(change -> changed.add(change.key()));
    owned = nowOwned;
    placed = content.placed();
    notAnnounced = content.notAnnounced();
    said = nowSaid;
    changed.forEach(this::lookAgain);
    return picture;
  }

  private void lookAgain(IpAddress address) {
    Optional<SortedSet<NodeName>> wanted = placed.find(address);
    Optional<NotAnnounced> nowhere = notAnnounced.find(address);
    Optional<Said> words = said.find(address);
    if (wanted.isEmpty() && nowhere.isEmpty() && words.isEmpty()) {
      picture = picture.without(address);
    } else {
      Said heard = words.orElse(Said.NOTHING);
      Optional<Owned> owner =
          owned.find(address).filter(one -> heard.onLink().containsKey(one.node()));
      Announcing now =
          new Announcing(
              wanted.orElse(Collections.emptySortedSet()),
              heard.announcing(),
              owner,
              heard.failing(),
              heard.contested(),
              nowhere);
      if (!picture.find(address).equals(Optional.of(now))) {
        picture = picture.with(address, now);
      }
    }
  }
}
