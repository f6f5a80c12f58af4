// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TrackingRefUpdate;
import org.eclipse.jgit.transport.Transport;

/// One branch of the remote, and the ref under which the local repository remembers where it was.
///
/// @param remote its whole name there
/// @param local the whole name of our copy
record RemoteBranch(String remote, String local) {

  /// How many branch names a message lists.
  private static final int NAMES_IN_MESSAGE = 5;

  /// Asks where the branch is; when that is elsewhere than we know, fetches what is missing and
  /// moves our copy there, forwards or not.
  ///
  /// @return empty when the remote has no such branch; our copy is then left alone
  Optional<ObjectId> update(Transport transport, Repository repository) throws Exception {
    Optional<ObjectId> advertised = advertised(transport);
    if (advertised.isPresent() && !isKnown(repository, advertised.get())) {
      fetch(transport);
      return Optional.of(known(repository).orElseThrow());
    }
    return advertised;
  }

  /// Where our copy is.
  Optional<ObjectId> known(Repository repository) throws IOException {
    return LocalRef.read(repository, local);
  }

  /// The remote's branches, in words.
  String othersInWords(Transport transport) throws Exception {
    try (FetchConnection connection = transport.openFetch()) {
      List<String> names =
          connection.getRefs().stream()
              .map(Ref::getName)
              .filter(name -> name.startsWith(Constants.R_HEADS))
              .map(Repository::shortenRefName)
              .sorted()
              .toList();
      if (names.isEmpty()) {
        return "it has no branch at all";
      }
      String first = String.join(", ", names.subList(0, Math.min(names.size(), NAMES_IN_MESSAGE)));
      return "it has " + first + (names.size() > NAMES_IN_MESSAGE ? ", …" : "");
    }
  }

  private Optional<ObjectId> advertised(Transport transport) throws Exception {
    try (FetchConnection connection = transport.openFetch(List.of(spec()))) {
      return Optional.ofNullable(connection.getRef(remote)).map(Ref::getObjectId);
    }
  }

  private boolean isKnown(Repository repository, ObjectId id) throws Exception {
    return known(repository).filter(id::equals).isPresent()
        && repository.getObjectDatabase().has(id);
  }

  private void fetch(Transport transport) throws Exception {
    FetchResult result = transport.fetch(NullProgressMonitor.INSTANCE, List.of(spec()));
    TrackingRefUpdate update = result.getTrackingRefUpdate(local);
    if (update == null) {
      return;
    }
    switch (update.getResult()) {
      case NEW, FAST_FORWARD, FORCED, NO_CHANGE -> {}
      default ->
          throw new TransportException(
              "%s cannot be moved to %s: %s".formatted(local, remote, update.getResult()));
    }
  }

  private RefSpec spec() {
    return new RefSpec("+" + remote + ":" + local);
  }
}
