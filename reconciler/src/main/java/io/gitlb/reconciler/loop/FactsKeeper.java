// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.facts.Facts;
import io.gitlb.reconciler.facts.FactsReader;
import io.gitlb.reconciler.facts.FactsText;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.reconciler.ledger.LedgerBatch.FileEdit;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Decides when the ledger's facts of the cluster are written anew: when another config commit
/// comes into force, and from time to time when something in the cluster has changed. What has not
/// changed is not written, so a cluster at rest writes nothing.
final class FactsKeeper {

  /// As many files as a ledger commit has edits.
  private static final int FILES_OF_A_COMMIT = 100;

  private final Duration every;

  private Optional<Scene> seen = Optional.empty();
  private Optional<Instant> looked = Optional.empty();
  private String commit = "";
  private boolean changed = true;

  /// Whether the last commits did not get to the disk.
  private boolean unwritten;

  /// @param every how old facts may become while the cluster changes; zero: none are written
  FactsKeeper(Duration every) {
    this.every = every;
  }

  /// What facts are about.
  record Scene(
      ClusterView view, SortedSet<NodeName> speakers, SnapshotMap<IpAddress, NodeName> owners) {

    /// A Service's status and conditions are in its view, but in no facts; it is cheaper to look
    /// from time to time than to tell.
    boolean mayDifferFrom(Scene other) {
      return !view.services().changesSince(other.view.services()).isEmpty()
          || !view.nodes().changesSince(other.view.nodes()).isEmpty()
          || !view.endpoints().changesSince(other.view.endpoints()).isEmpty()
          || !view.namespaceLabels().changesSince(other.view.namespaceLabels()).isEmpty()
          || !owners.changesSince(other.owners).isEmpty()
          || !view.addresses().ranges().equals(other.view.addresses().ranges())
          || !speakers.equals(other.speakers);
    }
  }

  /// The commits that bring the ledger's facts up to date; none when they are or it is not time.
  ///
  /// @param configCommit the one in force
  List<LedgerBatch> due(Instant now, String configCommit, Scene scene, Ledger ledger) {
    if (every.isZero()) {
      return List.of();
    }
    if (looked.isEmpty()) {
      looked = asOf(ledger);
    }
    changed |= seen.isEmpty() || scene.mayDifferFrom(seen.get());
    seen = Optional.of(scene);
    boolean isOtherConfig = !commit.isEmpty() && !commit.equals(configCommit);
    boolean isOld = looked.isEmpty() || !now.isBefore(looked.get().plus(every));
    commit = configCommit;
    if (!isOtherConfig && !unwritten && !(changed && isOld)) {
      return List.of();
    }
    changed = false;
    unwritten = false;
    looked = Optional.of(now);
    return batches(now, scene, ledger);
  }

  /// What was to be written is not: look again in the next pass, which the ledger calls for.
  void failed() {
    unwritten = true;
  }

  /// When to look again though nothing further happens.
  Optional<Instant> next() {
    return changed && !unwritten && every.isPositive()
        ? looked.map(at -> at.plus(every))
        : Optional.empty();
  }

  private static Optional<Instant> asOf(Ledger ledger) {
    String head = ledger.files().get(Facts.AS_OF);
    return head == null
        ? Optional.empty()
        : FactsReader.read(SnapshotMap.<String, String>empty().with(Facts.AS_OF, head))
            .facts()
            .map(Facts::asOf);
  }

  private static List<LedgerBatch> batches(Instant now, Scene scene, Ledger ledger) {
    SortedMap<String, String> wanted =
        FactsText.files(new Facts(now, scene.view(), scene.speakers(), scene.owners()));
    SortedMap<String, Optional<String>> edits = new TreeMap<>();
    wanted.forEach(
        (path, text) -> {
          if (!text.equals(ledger.files().get(path))) {
            edits.put(path, Optional.of(text));
          }
        });
    for (String path : ledger.files().keySet()) {
      boolean isOurs = path.startsWith(Facts.DIRECTORY) && !path.equals(Facts.AS_OF);
      if (isOurs && !wanted.containsKey(path)) {
        edits.put(path, Optional.empty());
      }
    }
    if (edits.isEmpty() && ledger.files().containsKey(Facts.AS_OF)) {
      return List.of();
    }
    edits.put(Facts.AS_OF, Optional.of(FactsText.asOf(now, scene.view().clusterUid())));
    return parts(edits, sentence(scene));
  }

  private static String sentence(Scene scene) {
    return "note what plans need to know of "
        + scene.view().services().size()
        + " Services and "
        + scene.view().nodes().size()
        + " nodes";
  }

  private static List<LedgerBatch> parts(
      SortedMap<String, Optional<String>> edits, String sentence) {
    List<FileEdit> files = new ArrayList<>();
    edits.forEach((path, text) -> files.add(new FileEdit(path, text, sentence)));
    List<LedgerBatch> batches = new ArrayList<>();
    for (int from = 0; from < files.size(); from += FILES_OF_A_COMMIT) {
      int to = Math.min(files.size(), from + FILES_OF_A_COMMIT);
      batches.add(new LedgerBatch(List.of(), files.subList(from, to)));
    }
    return batches;
  }
}
