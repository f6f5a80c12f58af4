// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.PasswordSecrets;
import io.gitlb.reconciler.facts.Facts;
import io.gitlb.reconciler.facts.FactsReader;
import io.gitlb.reconciler.git.LocalRepository;
import io.gitlb.reconciler.git.LocalRepository.Commit;
import io.gitlb.reconciler.git.LocalRepository.LedgerFiles;
import io.gitlb.reconciler.guard.ApprovalDigest;
import io.gitlb.reconciler.guard.Approvals;
import io.gitlb.reconciler.impact.Impact;
import io.gitlb.reconciler.impact.ImpactInput;
import io.gitlb.reconciler.impact.ImpactInput.Sight;
import io.gitlb.reconciler.impact.ImpactInput.Stage;
import io.gitlb.reconciler.impact.Impacts;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.SpentApproval;
import io.gitlb.reconciler.report.ApprovalDraft;
import io.gitlb.reconciler.report.PlanReport;
import io.gitlb.reconciler.report.PlanReport.Direction;
import io.gitlb.reconciler.report.PlanReport.Ground;
import io.gitlb.reconciler.report.PlanReport.Knowledge;
import io.gitlb.reconciler.report.PlanReport.Revision;
import io.gitlb.schema.check.FleetChecks;
import io.gitlb.schema.model.BfdProfile;
import io.gitlb.schema.model.BfdSignature;
import io.gitlb.schema.model.BgpPeer;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.PasswordSource;
import io.gitlb.schema.model.Problem;
import io.gitlb.schema.value.ClusterName;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Works out one cluster's plan from a repository alone.
final class PlanWork {

  /// Long enough for a review, short enough that nobody forgets it.
  private static final Duration APPROVAL_LIFE = Duration.ofDays(7);

  private final LocalRepository repository;
  private final PlanRequest request;
  private final Optional<ClusterView> live;
  private final List<String> notes = new ArrayList<>();

  /// @param live the cluster as it is; empty: as the facts on the ledger branch have it
  PlanWork(LocalRepository repository, PlanRequest request, Optional<ClusterView> live) {
    this.repository = repository;
    this.request = request;
    this.live = live;
  }

  /// A commit and how it was named.
  record Named(String name, Commit commit) {

    Revision revision() {
      return new Revision(name, commit.id(), commit.at());
    }
  }

  PlanReport run() throws IOException, CommandFailure {
    Ends ends = new Ends(repository, request);
    Named head = ends.head();
    Named base = ends.base(head);
    Optional<LedgerFiles> ledger = ledger();
    refuseAnotherCluster(ledger);
    FactsReader.Read facts =
        FactsReader.read(ledger.map(files -> files.ledger().files()).orElse(SnapshotMap.empty()));
    facts
        .unreadable()
        .forEach(path -> notes.add(path + " cannot be read; who is in it is unknown"));
    ledger
        .map(LedgerFiles::problems)
        .orElse(List.of())
        .forEach(problem -> notes.add(problem.toString()));
    ConfigAt proposed = ConfigAt.read(repository, head.commit().id(), request.paths());
    Ground ground =
        new Ground(
            request.cluster(),
            request.direction(),
            base.revision(),
            head.revision(),
            ledger.map(files -> new Named(request.ledgerBranch(), files.head()).revision()),
            knowledge(facts.facts()),
            request.tool());
    Optional<Definitions> after =
        proposed.isAbsent() ? Optional.of(Definitions.NONE) : proposed.definitions();
    List<Problem> fleet = after.isEmpty() ? List.of() : fleet(head.commit());
    if (!fleet.isEmpty()) {
      return report(ground, fleet, proposed.warnings(), Optional.empty());
    }
    if (after.isEmpty()) {
      return report(ground, proposed.problems(), proposed.warnings(), Optional.empty());
    }
    noteMissingSecrets(after.get());
    Stage before = new Stage(base.commit().id(), good(base));
    Stage then = new Stage(head.commit().id(), after.get());
    Impact impact = Impacts.of(input(before, then, ledger.map(LedgerFiles::ledger), facts.facts()));
    return report(ground, List.of(), proposed.warnings(), Optional.of(impact));
  }

  /// What is no matter of the configuration, and keeps a peer from being dialled all the same.
  private void noteMissingSecrets(Definitions definitions) {
    if (live.isEmpty() || !(live.get().passwords() instanceof PasswordSecrets.Known passwords)) {
      return;
    }
    for (BgpPeer peer : definitions.bgpPeers()) {
      missing(peer.password(), passwords)
          .ifPresent(why -> notes.add("no node dials BGPPeer " + peer.name() + ": " + why));
    }
    for (BfdProfile profile : definitions.bfdProfiles()) {
      missing(profile.signature().map(BfdSignature::key), passwords)
          .ifPresent(
              why -> notes.add("no path is watched by BFDProfile " + profile.name() + ": " + why));
    }
  }

  private static Optional<String> missing(
      Optional<PasswordSource> source, PasswordSecrets passwords) {
    return source.orElse(null) instanceof PasswordSource.Secret(String name)
            && passwords.of(name) instanceof PasswordSecrets.Content.Unusable(String why)
        ? Optional.of(why)
        : Optional.empty();
  }

  private void refuseAnotherCluster(Optional<LedgerFiles> ledger) throws CommandFailure {
    Optional<String> recorded = ledger.flatMap(files -> files.ledger().clusterUid());
    if (recorded.isPresent()
        && live.isPresent()
        && !live.get().clusterUid().equals(recorded.get())) {
      throw new CommandFailure(
          "--kubeconfig is for the cluster with UID %s, the ledger %s is that of UID %s"
              .formatted(live.get().clusterUid(), request.ledgerBranch(), recorded.get()));
    }
  }

  private Knowledge knowledge(Optional<Facts> facts) {
    return live.isPresent()
        ? new Knowledge.Live(request.now())
        : facts
            .<Knowledge>map(found -> new Knowledge.Remembered(found.asOf()))
            .orElseGet(Knowledge.Nothing::new);
  }

  /// What the clusters of one repository may not do to each other.
  private List<Problem> fleet(Commit head) throws IOException {
    SortedMap<ClusterName, Definitions> clusters = new TreeMap<>();
    for (String name : repository.directories(head.id(), "clusters")) {
      ConfigAt.read(repository, head.id(), ConfigAt.paths(name))
          .definitions()
          .ifPresent(definitions -> clusters.put(new ClusterName(name), definitions));
    }
    return FleetChecks.check(clusters);
  }

  private PlanReport report(
      Ground ground, List<Problem> problems, List<Problem> warnings, Optional<Impact> impact) {
    Optional<ApprovalDraft> approval =
        impact
            .filter(found -> !found.toApprove().isEmpty())
            .map(
                found ->
                    new ApprovalDraft(
                        addresses(found.toApprove()),
                        ApprovalDigest.of(found.toApprove()).orElse(""),
                        request.now().plus(APPROVAL_LIFE)));
    return new PlanReport(ground, problems, warnings, impact, approval, notes);
  }

  private static SortedSet<IpAddress> addresses(List<AllocationRecord> records) {
    SortedSet<IpAddress> addresses = new TreeSet<>();
    records.forEach(record -> addresses.add(record.address()));
    return addresses;
  }

  private Optional<LedgerFiles> ledger() throws IOException {
    Optional<Commit> head = repository.findBranch(request.ledgerBranch());
    if (head.isEmpty()) {
      notes.add(
          "there is no branch %s here: nothing is known of who has what. Fetch it: git fetch origin %s:refs/remotes/origin/%s"
              .formatted(request.ledgerBranch(), request.ledgerBranch(), request.ledgerBranch()));
      return Optional.empty();
    }
    return Optional.of(repository.ledger(head.get()));
  }

  /// A base that would be refused was never in force; what was before it still is.
  private Definitions good(Named base) throws IOException, CommandFailure {
    Optional<Commit> at = Optional.of(base.commit());
    for (int step = 0; at.isPresent() && step < Ends.ANCESTORS; step++) {
      ConfigAt config = ConfigAt.read(repository, at.get().id(), request.paths());
      if (config.isAbsent()) {
        return Definitions.NONE;
      }
      if (config.definitions().isPresent()) {
        if (step > 0) {
          notes.add(
              "base %s would be refused; it is compared with the last good commit before it, %s"
                  .formatted(base.commit().id().substring(0, 12), at.get().id().substring(0, 12)));
        }
        return config.definitions().get();
      }
      at = repository.find(at.get().id() + "~1");
    }
    throw new CommandFailure(
        "base %s would be refused, and so would the %d commits before it; name a good one with --base"
            .formatted(base.commit().id(), Ends.ANCESTORS));
  }

  private ImpactInput input(
      Stage before, Stage after, Optional<Ledger> recorded, Optional<Facts> facts)
      throws IOException {
    Ledger ledger = recorded.orElse(Ledger.EMPTY);
    Optional<ClusterView> remembered = facts.map(Facts::view);
    return new ImpactInput(
        before,
        after,
        frozen(ledger),
        ledger,
        live.or(() -> remembered).orElseGet(() -> nothing(ledger)),
        live.isPresent() ? Sight.WHOLE : Sight.REMEMBERED,
        facts.map(Facts::speakers).orElseGet(this::nodes),
        facts.map(Facts::owners).orElse(SnapshotMap.empty()),
        held -> released(after, ledger, held),
        request.now());
  }

  /// Which nodes have a speaker only facts know; without them each is taken to have one.
  private SortedSet<NodeName> nodes() {
    SortedSet<NodeName> nodes = new TreeSet<>();
    live.ifPresent(view -> nodes.addAll(view.nodes().keySet()));
    return nodes;
  }

  private static ClusterView nothing(Ledger ledger) {
    return new ClusterView(
        ledger.clusterUid().orElse(""),
        SnapshotMap.empty(),
        SnapshotMap.empty(),
        SnapshotMap.empty(),
        SnapshotMap.empty(),
        ClusterAddresses.NONE);
  }

  /// What Approvals of the proposed configuration let go, judged as the reconciler will.
  private SortedSet<IpAddress> released(Stage after, Ledger ledger, List<AllocationRecord> held) {
    SortedMap<String, SpentApproval> spent = new TreeMap<>();
    ledger
        .files()
        .forEach(
            (path, text) ->
                SpentApproval.read(path, text).ifPresent(one -> spent.put(one.name(), one)));
    SortedMap<IpAddress, AllocationRecord> byAddress = new TreeMap<>();
    held.forEach(record -> byAddress.put(record.address(), record));
    Approvals.Verdict verdict =
        Approvals.judge(
            new Approvals.Case(
                after.definitions().approvals(), byAddress, spent, after.commit(), request.now()));
    verdict.notices().forEach(notice -> notes.add(notice.code() + " " + notice.message()));
    verdict.spent().forEach(one -> notes.add("the Approval %s takes effect".formatted(one.name())));
    return verdict.released();
  }

  /// Of commits that held records name and that are not here, nothing can be said.
  private SortedMap<String, Definitions> frozen(Ledger ledger) throws IOException {
    SortedMap<String, Definitions> frozen = new TreeMap<>();
    for (AllocationRecord record : ledger.records().values()) {
      if (record.state() == State.HELD && !frozen.containsKey(record.configCommit())) {
        Optional<Commit> commit = repository.find(record.configCommit());
        if (commit.isPresent()) {
          ConfigAt.read(repository, commit.get().id(), request.paths())
              .definitions()
              .ifPresent(definitions -> frozen.put(record.configCommit(), definitions));
        }
      }
    }
    return frozen;
  }

  /// What one plan is asked for.
  ///
  /// @param base empty: what is in force, as far as that is known here
  /// @param head the revision that is proposed, or that is gone back to
  /// @param configBranch the branch that the reconciler follows
  /// @param paths folders that the cluster's reconciler reads
  record PlanRequest(
      String cluster,
      Direction direction,
      Optional<String> base,
      String head,
      String configBranch,
      List<String> paths,
      Instant now,
      String tool) {

    String ledgerBranch() {
      return "allocations/" + cluster;
    }
  }
}
