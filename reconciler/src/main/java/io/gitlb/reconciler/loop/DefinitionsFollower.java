// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.DefinitionSource.ConfigFetch;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.yaml.DefinitionReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the config branch: a good commit comes into force, a bad one leaves the last good one.
final class DefinitionsFollower {

  private static final Logger log = LoggerFactory.getLogger(DefinitionsFollower.class);

  /// So many earlier states are remembered.
  private static final int EARLIER = 20;

  private final DefinitionSource source;

  /// Whether the accepted commit of an earlier run was looked for.
  private boolean restored;

  private Optional<InForce> inForce = Optional.empty();

  /// A good commit that is not in force; whether and when it is, guards say.
  private Optional<InForce> waiting = Optional.empty();

  /// Whether the branch was seen since the start.
  private boolean seen;

  private Optional<Refusal> refused = Optional.empty();
  private Optional<Failure> unavailable = Optional.empty();

  /// The commit that the last whole pass planned with; durable.
  private Optional<String> accepted = Optional.empty();

  /// The definitions of the accepted commit; empty when they cannot be read.
  private Optional<Definitions> acceptedDefinitions = Optional.empty();

  /// Those that were accepted since the start, the latest last.
  private final Queue<Definitions> earlier = new ArrayDeque<>();

  /// config commit → its definitions, for the records that are held under it
  private final SortedMap<String, Definitions> frozen = new TreeMap<>();

  /// The commits that `frozen` was filled for.
  private SortedSet<String> asked = Collections.emptySortedSet();

  /// The commits that the source was told to keep; after a start nobody knows.
  private Optional<SortedSet<String>> kept = Optional.empty();

  private Optional<Failure> notKept = Optional.empty();

  DefinitionsFollower(DefinitionSource source) {
    this.source = source;
  }

  /// @param commit 40 hexadecimal digits
  record InForce(String commit, Definitions definitions) {}

  /// A commit that is not used.
  ///
  /// @param problems what is wrong with its documents
  /// @param untrusted why it is not to be trusted; then nobody looks at its documents
  record Refusal(String commit, List<Problem> problems, List<Failure> untrusted) {

    /// For people, without a full stop.
    String words() {
      return untrusted.isEmpty()
          ? "has " + problems.size() + " problems"
          : "is not trusted: " + untrusted.getFirst();
    }
  }

  /// Asks for a new commit when that is due or nothing is in force.
  void follow(ConfigPoll poll) {
    if (!restored) {
      restore();
      restored = true;
      ask();
    } else if (poll == ConfigPoll.DUE || inForce.isEmpty()) {
      ask();
    }
  }

  private void restore() {
    accepted = source.accepted();
    accepted.flatMap(this::definitionsAt).ifPresent(good -> inForce = Optional.of(good));
    acceptedDefinitions = inForce.map(InForce::definitions);
    inForce.ifPresent(good -> log.info("config commit {} is in force from before", good.commit()));
  }

  private Optional<InForce> definitionsAt(String commit) {
    return switch (source.at(commit)) {
      case ConfigFetch.Found found ->
          switch (read(found)) {
            case ReadResult.Accepted accepted ->
                Optional.of(new InForce(found.commit(), accepted.definitions()));
            case ReadResult.Refused _ -> Optional.empty();
          };
      case ConfigFetch.Unchanged _, ConfigFetch.Unavailable _, ConfigFetch.Untrusted _ ->
          Optional.empty();
    };
  }

  private void ask() {
    Optional<String> known =
        refused.map(Refusal::commit).or(() -> waiting.or(() -> inForce).map(InForce::commit));
    switch (source.fetch(known)) {
      case ConfigFetch.Unchanged _ -> answered();
      case ConfigFetch.Found found -> {
        answered();
        // What could not be read may be there now.
        asked = Collections.emptySortedSet();
        take(found);
      }
      case ConfigFetch.Untrusted(String commit, List<Failure> why) -> {
        answered();
        refuse(new Refusal(commit, List.of(), why));
        if (inForce.isEmpty()) {
          // Only now may it be known what was accepted before the local copy was lost.
          restore();
        }
      }
      case ConfigFetch.Unavailable(Failure failure) -> {
        if (!unavailable.equals(Optional.of(failure))) {
          log.warn("config branch: {}", failure);
        }
        unavailable = Optional.of(failure);
      }
    }
  }

  private void answered() {
    if (unavailable.isPresent()) {
      log.info("config branch: reachable again");
    }
    unavailable = Optional.empty();
    seen = true;
  }

  private void take(ConfigFetch.Found found) {
    switch (read(found)) {
      case ReadResult.Accepted(Definitions definitions, List<Problem> warnings) -> {
        warnings.forEach(warning -> log.warn("{}", warning));
        propose(new InForce(found.commit(), definitions));
        refused = Optional.empty();
      }
      case ReadResult.Refused(List<Problem> problems) ->
          refuse(new Refusal(found.commit(), problems, List.of()));
    }
  }

  private void propose(InForce good) {
    boolean isInForce = inForce.filter(now -> now.commit().equals(good.commit())).isPresent();
    waiting = isInForce ? Optional.empty() : Optional.of(good);
    if (inForce.isEmpty()) {
      enforce();
    }
  }

  /// Puts the commit in force that waits for that.
  void enforce() {
    waiting.ifPresent(good -> log.info("config commit {} is in force", good.commit()));
    inForce = waiting.or(() -> inForce);
    waiting = Optional.empty();
  }

  /// A good commit that is not in force yet.
  Optional<InForce> waiting() {
    return waiting;
  }

  /// Whether the branch was seen since the start; before that nobody knows what its head says.
  boolean isSeen() {
    return seen;
  }

  private void refuse(Refusal refusal) {
    if (refused.equals(Optional.of(refusal))) {
      return;
    }
    refused = Optional.of(refusal);
    log.error(
        "config commit {} is refused, {}; {} stays in force",
        refusal.commit(),
        refusal.untrusted().isEmpty()
            ? "problems: " + refusal.problems().size()
            : "it is not trusted",
        inForce.map(InForce::commit).orElse("nothing"));
    refusal.problems().forEach(problem -> log.error("{}", problem));
    refusal.untrusted().forEach(reason -> log.error("{}", reason));
  }

  private static ReadResult read(ConfigFetch.Found found) {
    ReadResult result = DefinitionReader.read(found.files());
    if (found.problems().isEmpty()) {
      return result;
    }
    List<Problem> problems = new ArrayList<>(found.problems());
    switch (result) {
      case ReadResult.Refused refused -> problems.addAll(refused.problems());
      case ReadResult.Accepted accepted -> problems.addAll(accepted.warnings());
    }
    return new ReadResult.Refused(problems);
  }

  Optional<InForce> inForce() {
    return inForce;
  }

  Optional<Refusal> refused() {
    return refused;
  }

  Optional<Failure> unavailable() {
    return unavailable;
  }

  Optional<String> accepted() {
    return accepted;
  }

  /// Whether these were accepted before, as far as that is remembered.
  boolean wereInForce(Definitions definitions) {
    return earlier.contains(definitions);
  }

  /// The definitions of a commit; empty when it cannot be read.
  Optional<Definitions> at(String commit) {
    return definitionsAt(commit).map(InForce::definitions);
  }

  /// The accepted definitions, as long as others are in force that are not accepted yet.
  Optional<Definitions> former() {
    return inForce.map(InForce::commit).equals(accepted) ? Optional.empty() : acceptedDefinitions;
  }

  /// A whole pass was done under the commit in force: remember it.
  Optional<Failure> accept() {
    if (inForce.isEmpty() || inForce.map(InForce::commit).equals(accepted)) {
      return Optional.empty();
    }
    String commit = inForce.get().commit();
    Optional<Failure> failure = source.accept(commit);
    if (failure.isEmpty()) {
      accepted = Optional.of(commit);
      acceptedDefinitions = inForce.map(InForce::definitions);
      earlier.add(inForce.get().definitions());
      if (earlier.size() > EARLIER) {
        earlier.remove();
      }
    }
    return failure;
  }

  /// The definitions of commits that held records name: commit → definitions. Those that cannot be
  /// read any more are left out.
  SortedMap<String, Definitions> frozenFor(SortedSet<String> commits) {
    if (!kept.equals(Optional.of(commits))) {
      keep(commits);
    }
    if (!commits.equals(asked)) {
      frozen.keySet().retainAll(commits);
      for (String commit : commits) {
        if (!frozen.containsKey(commit)) {
          definitionsAt(commit).ifPresent(found -> frozen.put(commit, found.definitions()));
        }
      }
      asked = commits;
    }
    return Collections.unmodifiableSortedMap(frozen);
  }

  private void keep(SortedSet<String> commits) {
    Optional<Failure> failure = source.keep(commits);
    if (failure.isEmpty()) {
      kept = Optional.of(commits);
    } else if (!failure.equals(notKept)) {
      log.warn("config branch: {}", failure.get());
    }
    notKept = failure;
  }
}
