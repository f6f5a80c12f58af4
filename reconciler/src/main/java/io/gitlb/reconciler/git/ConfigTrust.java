// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch.Found;
import io.gitlb.reconciler.loop.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/// Judges whether the head of the config branch may be used, before anybody looks at what its files
/// say.
final class ConfigTrust {

  private final String where;

  /// @param where the branch, for people
  ConfigTrust(String where) {
    this.where = where;
  }

  /// Why a head is not to be trusted; empty when it is.
  ///
  /// @param accepted the commit that was accepted last, if any
  List<Failure> objections(Repository repository, Found head, Optional<ObjectId> accepted)
      throws IOException {
    ObjectId commit = ObjectId.fromString(head.commit());
    return accepted.isEmpty() || continues(repository, accepted.get(), commit)
        ? List.of()
        : List.of(rewritten(accepted.get(), commit));
  }

  /// A commit that is not here any more is no part of what was fetched.
  private static boolean continues(Repository repository, ObjectId accepted, ObjectId head)
      throws IOException {
    return repository.getObjectDatabase().has(accepted)
        && Lineage.isAncestor(repository, accepted, head);
  }

  private Failure rewritten(ObjectId accepted, ObjectId head) {
    return GitFailure.CONFIG_REWRITTEN.with(
        "%s is at %s, which does not continue the accepted commit %s: the branch was force-pushed or made anew. Push the accepted commit again; to undo a change, use git revert"
            .formatted(where, head.name(), accepted.name()));
  }
}
