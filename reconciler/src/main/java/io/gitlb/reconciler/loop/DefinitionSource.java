// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// Where the config branch comes from.
public interface DefinitionSource {

  /// Asks once what the branch points to and reads that commit's files when it is another one than
  /// `known`. Blocks for as long as the remote takes, bounded by the adapter's deadline.
  ///
  /// @param known the commit that the caller has read already
  ConfigFetch fetch(Optional<String> known);

  /// Reads the files of a commit that was fetched before, for records that are held under it and
  /// for the accepted commit after a restart. Does not ask the remote.
  ///
  /// @return `Found`, or `Unavailable` when the commit is not in the local copy
  ConfigFetch at(String commit);

  /// The commit that was accepted last, as it survived a restart, or the loss of the local copy.
  ///
  /// @return empty when none was ever accepted, or when nobody knows yet; `fetch` trusts no head
  ///   before that is known. May ask a remote once
  Optional<String> accepted();

  /// Remembers that a commit was accepted; durable when the call returns, and from then on the
  /// commit stays readable by [#at] even when the branch is moved away from it.
  ///
  /// @param commit one that `fetch` or `at` gave before
  /// @return why it could not be remembered
  Optional<Failure> accept(String commit);

  /// Keeps commits readable by [#at] for as long as they are named here, whatever becomes of the
  /// branch and of the local copy. Does not wait for a remote.
  ///
  /// @param commits all that held records name; a commit that is not in the local copy is passed
  ///   over
  /// @return why they could not be kept
  Optional<Failure> keep(SortedSet<String> commits);

  /// What a fetch gave.
  sealed interface ConfigFetch {

    /// The branch still points to the known commit.
    record Unchanged() implements ConfigFetch {}

    /// Another commit.
    ///
    /// @param commit 40 hexadecimal digits
    /// @param files sorted by path
    /// @param problems what made files unreadable: links, submodules, sizes
    record Found(String commit, List<ConfigFile> files, List<Problem> problems)
        implements ConfigFetch {

      public Found {
        files = List.copyOf(files);
        problems = List.copyOf(problems);
      }
    }

    /// The remote did not answer, refused us, or has no such branch. The last good definitions
    /// stay.
    ///
    /// @param failure what happened
    record Unavailable(Failure failure) implements ConfigFetch {}

    /// Another commit, which must not be used, whatever its files say: it does not continue the
    /// accepted one, or is not signed by those who may. The last good definitions stay.
    ///
    /// @param commit 40 hexadecimal digits
    /// @param why at least one reason, newest commit first
    record Untrusted(String commit, List<Failure> why) implements ConfigFetch {

      public Untrusted {
        why = List.copyOf(why);
      }
    }
  }
}
