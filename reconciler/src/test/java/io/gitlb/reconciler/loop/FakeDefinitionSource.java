// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A config branch in memory: commit n has the number n as 40 hexadecimal digits. What was accepted
/// survives as long as the object does.
final class FakeDefinitionSource implements DefinitionSource {

  private static final Failure AWAY = new Failure("GLB2001", "the remote is away");

  private final List<String> commits = new ArrayList<>();
  private Optional<String> accepted = Optional.empty();
  private final SortedSet<String> kept = new TreeSet<>();
  private Optional<Failure> untrusted = Optional.empty();
  private boolean away;
  private int fetches;

  /// A new head.
  void commit(String yaml) {
    commits.add(yaml);
  }

  void away(Availability availability) {
    away = availability == Availability.AWAY;
  }

  /// From now on the head is not trusted; empty: it is again.
  void distrust(List<Failure> why) {
    untrusted = why.stream().findFirst();
  }

  SortedSet<String> kept() {
    return kept;
  }

  int fetches() {
    return fetches;
  }

  static String id(int number) {
    return String.format("%040x", number);
  }

  @Override
  public ConfigFetch fetch(Optional<String> known) {
    fetches++;
    if (away || commits.isEmpty()) {
      return new ConfigFetch.Unavailable(AWAY);
    }
    String head = id(commits.size());
    if (untrusted.isPresent()) {
      return new ConfigFetch.Untrusted(head, List.of(untrusted.get()));
    }
    return known.equals(Optional.of(head)) ? new ConfigFetch.Unchanged() : at(head);
  }

  @Override
  public ConfigFetch at(String commit) {
    for (int i = 0; i < commits.size(); i++) {
      if (id(i + 1).equals(commit)) {
        return new ConfigFetch.Found(
            commit, List.of(new ConfigFile("lan.yaml", commits.get(i))), List.<Problem>of());
      }
    }
    return new ConfigFetch.Unavailable(AWAY);
  }

  @Override
  public Optional<String> accepted() {
    return accepted;
  }

  @Override
  public Optional<Failure> accept(String commit) {
    accepted = Optional.of(commit);
    return Optional.empty();
  }

  @Override
  public Optional<Failure> keep(SortedSet<String> commits) {
    kept.clear();
    kept.addAll(commits);
    return Optional.empty();
  }
}
