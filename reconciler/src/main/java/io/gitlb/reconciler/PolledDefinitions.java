// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.DefinitionSource;
import io.gitlb.reconciler.loop.Failure;
import java.util.Optional;
import java.util.SortedSet;

/// Keeps the loop from waiting for the remote: the schedule asks it, and the loop takes the answer
/// that is there. Only the very first question of the loop goes out by itself.
final class PolledDefinitions implements DefinitionSource {

  private final DefinitionSource remote;

  /// What the loop knew when it asked last.
  private Optional<String> known = Optional.empty();

  /// The last answer; a new commit or a failure stays until the next question to the remote.
  private Optional<ConfigFetch> answer = Optional.empty();

  /// The answer that the loop got last.
  private Optional<ConfigFetch> handedOut = Optional.empty();

  PolledDefinitions(DefinitionSource remote) {
    this.remote = remote;
  }

  /// Asks the remote. Called by the schedule, one call at a time.
  ///
  /// @return whether the loop has to look: a new commit, another failure, or no failure any more
  boolean poll() {
    ConfigFetch fetched = remote.fetch(known());
    synchronized (this) {
      boolean failedBefore = answer.filter(ConfigFetch.Unavailable.class::isInstance).isPresent();
      boolean news =
          switch (fetched) {
            case ConfigFetch.Unchanged _ -> failedBefore;
            case ConfigFetch.Found _ -> true;
            case ConfigFetch.Unavailable _, ConfigFetch.Untrusted _ ->
                !answer.equals(Optional.of(fetched));
          };
      answer = Optional.of(fetched);
      return news;
    }
  }

  private synchronized Optional<String> known() {
    return known;
  }

  @Override
  public ConfigFetch fetch(Optional<String> known) {
    Optional<ConfigFetch> last = note(known);
    if (last.isEmpty()) {
      poll();
      last = note(known);
    }
    return last.filter(fetched -> !isTaken(fetched, known))
        .map(this::handOut)
        .orElseGet(ConfigFetch.Unchanged::new);
  }

  private synchronized ConfigFetch handOut(ConfigFetch fetched) {
    handedOut = Optional.of(fetched);
    return fetched;
  }

  private synchronized Optional<ConfigFetch> note(Optional<String> known) {
    this.known = known;
    return answer;
  }

  /// A commit may be judged anew: then the loop knows the commit, but not the answer.
  private synchronized boolean isTaken(ConfigFetch fetched, Optional<String> known) {
    return switch (fetched) {
      case ConfigFetch.Found found -> isTaken(fetched, found.commit(), known);
      case ConfigFetch.Untrusted untrusted -> isTaken(fetched, untrusted.commit(), known);
      case ConfigFetch.Unchanged _, ConfigFetch.Unavailable _ -> false;
    };
  }

  private boolean isTaken(ConfigFetch fetched, String commit, Optional<String> known) {
    return known.equals(Optional.of(commit)) && handedOut.equals(Optional.of(fetched));
  }

  @Override
  public ConfigFetch at(String commit) {
    return remote.at(commit);
  }

  @Override
  public Optional<String> accepted() {
    return remote.accepted();
  }

  @Override
  public Optional<Failure> accept(String commit) {
    return remote.accept(commit);
  }

  @Override
  public Optional<Failure> keep(SortedSet<String> commits) {
    return remote.keep(commits);
  }
}
