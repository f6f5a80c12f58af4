// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static io.gitlb.reconciler.kubernetes.TestCluster.WEB;
import static io.gitlb.reconciler.kubernetes.TestCluster.web;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.api.RequestCounts;
import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.PasswordSecrets;
import io.gitlb.reconciler.cluster.PasswordSecrets.Content;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.loop.ClusterPort;
import io.gitlb.reconciler.loop.ClusterPort.FailedWrite;
import io.gitlb.reconciler.loop.ClusterPort.Severity;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.yaml.YamlDocuments;
import io.gitlb.schema.yaml.YamlTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Against the API server stand-in, over TLS.
class KubernetesClusterTest {

  private static final Condition ALLOCATED =
      new Condition("gitlb.io/Allocated", "True", "Allocated", "has 192.0.2.7");

  /// What every view needs.
  private static final List<String> READS =
      List.of("services", "nodes", "namespaces", "endpointslices");

  private final TestCluster test = TestCluster.open();
  private final ApiServer server = test.server;
  private final KubernetesClient user = test.user;
  private final KubernetesCluster cluster = test.cluster;

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void viewShowsTheWholeClusterOnceEveryInformerHasSynced() throws InterruptedException {
    ClusterView empty = test.await(_ -> true);
    assertEquals("6b756265-7379-4000-8000-73746d000001", empty.clusterUid());
    assertTrue(empty.namespaceLabels().containsKey("kube-system"));
    test.createWeb();
    user.nodes()
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName("n1")
                .endMetadata()
                .withNewStatus()
                .addNewAddress("192.0.2.11", "InternalIP")
                .endStatus()
                .build())
        .create();
    user.discovery()
        .v1()
        .endpointSlices()
        .inNamespace("default")
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withName("web-1")
                .addToLabels("kubernetes.io/service-name", "web")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses("10.0.0.1")
                .withNodeName("n1")
                .endEndpoint()
                .build())
        .create();
    ClusterView view =
        test.await(
            each ->
                each.services().containsKey(WEB)
                    && each.nodes().containsKey(new NodeName("n1"))
                    && each.endpointsOf(WEB).total() == 1);
    assertEquals(Set.of(new NodeName("n1")), view.endpointsOf(WEB).nodes());
    assertEquals(1, web(view).clusterIps().size());
  }

  @Test
  void writtenStatusShowsAddressAndConditionAndAnEventTellsIt() throws InterruptedException {
    Service web = test.createWeb();
    test.await(view -> view.services().containsKey(WEB));
    assertEquals(List.of(), cluster.write(List.of(write(web.getMetadata().getUid(), "192.0.2.7"))));
    ClusterView view =
        test.await(
            each -> each.services().containsKey(WEB) && !web(each).statusAddresses().isEmpty());
    ServiceView shown = web(view);
    assertEquals(List.of(IpAddress.of("192.0.2.7")), shown.statusAddresses());
    assertEquals(List.of(ALLOCATED), shown.conditions());
    Service stored = user.services().inNamespace("default").withName("web").get();
    assertEquals(
        "2026-05-03T14:05:00Z",
        stored.getStatus().getConditions().getFirst().getLastTransitionTime());
    test.awaitCondition(() -> !events().isEmpty());
    List<Event> events = events();
    assertEquals(1, events.size());
    assertEquals("Allocated", events.getFirst().getReason());
    assertEquals("web", events.getFirst().getInvolvedObject().getName());
    assertEquals("gitlb-reconciler", events.getFirst().getSource().getComponent());
  }

  private List<Event> events() {
    return user.v1().events().inNamespace("default").list().getItems();
  }

  @Test
  void emptyWriteTakesBackAddressAndConditions() throws InterruptedException {
    String uid = test.createWeb().getMetadata().getUid();
    cluster.write(List.of(write(uid, "192.0.2.7")));
    test.await(view -> view.services().containsKey(WEB) && !web(view).statusAddresses().isEmpty());
    cluster.write(List.of(new StatusWrite(WEB, uid, List.of(), List.of(), Optional.empty())));
    ClusterView view = test.await(each -> web(each).statusAddresses().isEmpty());
    assertEquals(List.of(), web(view).conditions());
  }

  @Test
  void serviceThatChangedItsTypeIsLeftBehindUntilItsStatusIsTakenBack()
      throws InterruptedException {
    String uid = test.createWeb().getMetadata().getUid();
    cluster.write(List.of(write(uid, "192.0.2.7")));
    user.services()
        .inNamespace("default")
        .withName("web")
        .edit(
            service ->
                new ServiceBuilder(service).editSpec().withType("ClusterIP").endSpec().build());
    test.await(
        view ->
            view.services().containsKey(WEB) && web(view).scope() == ServiceView.Scope.LEFT_BEHIND);
    cluster.write(List.of(new StatusWrite(WEB, uid, List.of(), List.of(), Optional.empty())));
    test.await(view -> !view.services().containsKey(WEB));
  }

  @Test
  void writeForAnEarlierIncarnationIsRefusedAndChangesNothing() {
    test.createWeb();
    List<FailedWrite> failed = cluster.write(List.of(write("another-uid", "192.0.2.7")));
    assertEquals(1, failed.size());
    assertEquals("GLB3005", failed.getFirst().failure().code());
    Service stored = user.services().inNamespace("default").withName("web").get();
    assertTrue(stored.getStatus().getLoadBalancer().getIngress().isEmpty());
  }

  @Test
  void writeForADeletedServiceFailsAndTheOthersSucceed() {
    String uid = test.createWeb().getMetadata().getUid();
    List<FailedWrite> failed =
        cluster.write(
            List.of(
                new StatusWrite(
                    new ServiceRef("default", "gone"), "u", List.of(), List.of(), Optional.empty()),
                write(uid, "192.0.2.7")));
    assertEquals(List.of("GLB3004"), failed.stream().map(each -> each.failure().code()).toList());
  }

  @Test
  void informersComeBackAfterDroppedWatchesAndForgottenHistory() throws InterruptedException {
    test.await(_ -> true);
    server.faults().forgetHistory();
    server.faults().dropWatches();
    test.createWeb();
    test.await(view -> view.services().containsKey(WEB));
  }

  @Test
  void deletionThatWasWatchedIsToldFromMereAbsence() throws InterruptedException {
    test.await(_ -> true);
    test.createWeb();
    test.await(view -> view.services().containsKey(WEB));
    delete();
    test.await(view -> view.deleted().containsKey(WEB) && !view.services().containsKey(WEB));
    test.createWeb();
    test.await(view -> view.services().containsKey(WEB) && view.deleted().isEmpty());
    // A watch that is cut comes back after a second at the earliest.
    server.faults().dropWatches();
    delete();
    server.faults().forgetHistory();
    ClusterView view = test.await(later -> !later.services().containsKey(WEB));
    assertTrue(view.deleted().isEmpty(), () -> view.deleted().toString());
  }

  private void delete() {
    assertEquals(1, user.services().inNamespace("default").withName("web").delete().size());
  }

  @Test
  void apiServerThatIsAwayAtTheStartIsWaitedForAndReportedOnce() throws Exception {
    int port = server.port();
    String kubeconfig = server.kubeconfig();
    server.close();
    test.failures.clear();
    KubernetesClient late = test.client(kubeconfig);
    test.connect(late, LoadBalancerClasses.UNCLASSED);
    test.awaitFailure("GLB3001");
    assertTrue(
        test.failures.peek() != null
            && test.failures.peek().message().contains("127.0.0.1:" + port),
        () -> "names the server: " + test.failures);
  }

  @Test
  void wrongCredentialsAreToldApart() throws Exception {
    KubernetesClient stranger =
        test.client(server.kubeconfig().replaceAll("token: .*", "token: wrong"));
    test.connect(stranger, LoadBalancerClasses.UNCLASSED);
    test.awaitFailure("GLB3002");
  }

  @Test
  void passwordsOfPeersFollowTheirSecrets() throws InterruptedException {
    Predicate<ClusterView> isThere = view -> content(view, "tor") instanceof Content.Usable;
    test.user
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(TestCluster.SECRETS)
                .endMetadata()
                .build())
        .create();
    secret(TestCluster.SECRETS, PasswordSecrets.TYPE, "tor", "first\n");
    secret(TestCluster.SECRETS, "Opaque", "other", "s3cr3t");
    secret("default", PasswordSecrets.TYPE, "elsewhere", "s3cr3t");
    ClusterView view = test.await(isThere);
    assertEquals(usable("first"), content(view, "tor"));
    assertInstanceOf(Content.Unusable.class, content(view, "other"));
    assertInstanceOf(Content.Unusable.class, content(view, "elsewhere"));
    assertFalse(view.toString().contains("first"), "a password is shown");
    test.user
        .secrets()
        .inNamespace(TestCluster.SECRETS)
        .withName("tor")
        .edit(old -> new SecretBuilder(old).addToData("password", base64("second")).build());
    test.await(now -> content(now, "tor").equals(usable("second")));
    test.user
        .secrets()
        .inNamespace(TestCluster.SECRETS)
        .withName("tor")
        .edit(old -> new SecretBuilder(old).addToData("password", base64("\n")).build());
    ClusterView empty = test.await(isThere.negate());
    assertEquals(
        new Content.Unusable(
            "the Secret tor has no password under its key \"password\": the first line must have 1"
                + " to 80 octets"),
        content(empty, "tor"));
    test.user.secrets().inNamespace(TestCluster.SECRETS).withName("tor").delete();
    test.await(now -> content(now, "tor").toString().contains("there is no Secret tor"));
  }

  /// Else one answer that does not come takes the passwords of all peers away, on disk as well.
  @Test
  void secretsThatCannotBeListedForAMomentAreWaitedFor() throws InterruptedException {
    KubernetesCluster late = withoutSecrets(503);
    test.awaitFailure("GLB3006");
    test.awaitWatches(2, READS);
    for (int i = 0; i < 10; i++) {
      assertEquals(Optional.empty(), late.view());
      Thread.sleep(50);
    }
    server.faults().admit("secrets");
    ClusterView first = test.await(late, _ -> true);
    assertInstanceOf(PasswordSecrets.Known.class, first.passwords());
  }

  @Test
  void secretsThatNeverComeKeepNobodyForLongerThanHalfAMinute() throws InterruptedException {
    KubernetesCluster late = withoutSecrets(503);
    test.awaitFailure("GLB3006");
    AtomicReference<Duration> waited = new AtomicReference<>(Duration.ZERO);
    test.awaitCondition(
        () -> {
          waited.set(test.later.updateAndGet(time -> time.plusSeconds(1)));
          return late.view().isPresent();
        });
    assertTrue(KubernetesCluster.PATIENCE.compareTo(waited.get()) < 0, waited::toString);
    assertUnknown(late.view().orElseThrow());
  }

  @Test
  void secretsThatAreForbiddenKeepNobody() throws InterruptedException {
    test.createWeb();
    KubernetesCluster late = withoutSecrets(403);
    test.awaitFailure("GLB3003");
    ClusterView view = test.await(late, _ -> true);
    assertTrue(view.services().containsKey(WEB));
    assertUnknown(view);
  }

  private static void assertUnknown(ClusterView view) {
    assertEquals(
        new Content.Unusable(
            "the Secret tor is not known: the API server does not list the Secrets of the namespace"
                + " gitlb-passwords; the log has more"),
        content(view, "tor"));
  }

  /// One that starts while the server answers so when it is asked for Secrets.
  private KubernetesCluster withoutSecrets(int code) throws InterruptedException {
    test.await(_ -> true);
    test.awaitWatches(1, List.of("secrets"));
    test.awaitWatches(1, READS);
    server.faults().refuse("secrets", code);
    return test.connect(test.client(server.kubeconfig()), LoadBalancerClasses.UNCLASSED);
  }

  private void secret(String namespace, String type, String name, String password) {
    test.user
        .secrets()
        .inNamespace(namespace)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withType(type)
                .addToData("password", base64(password))
                .build())
        .create();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Content content(ClusterView view, String name) {
    return view.passwords().of(name);
  }

  private static Content usable(String password) {
    return new Content.Usable(Password.of(password.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void clusterRoleAllowsExactlyTheCallsThatAreMade() throws Exception {
    String uid = test.createWeb().getMetadata().getUid();
    test.await(view -> view.services().containsKey(WEB));
    List<String> reads =
        List.of("services", "nodes", "namespaces", "endpointslices", "servicecidrs", "secrets");
    test.awaitWatches(1, reads);
    // What the user of this test does is not ours.
    RequestCounts before = server.requestCounts();
    assertEquals(List.of(), cluster.write(List.of(write(uid, "192.0.2.7"))));
    test.awaitCondition(() -> server.requestCounts().since(before).of("create", "events") > 0);
    Set<String> made =
        new TreeSet<>(server.requestCounts().since(before).byVerbAndResource().keySet());
    for (String read : reads) {
      assertTrue(before.of("list", read) > 0 && before.of("watch", read) > 0, read);
      made.add("list " + read);
      made.add("watch " + read);
    }
    before.byVerbAndResource().keySet().stream()
        .filter(call -> !call.startsWith("create services"))
        .forEach(made::add);
    assertEquals(clusterRole(), made);
  }

  /// Every verb and resource that the shipped role allows, as `patch services/status`.
  private static Set<String> clusterRole() throws IOException {
    Path file = Path.of("../deploy/kustomize/rbac.yaml");
    Set<String> allowed = new TreeSet<>();
    for (YamlTree document :
        YamlDocuments.read(new ConfigFile(file.toString(), Files.readString(file))).documents()) {
      for (YamlTree rule : ((YamlTree.Mapping) document).items("rules")) {
        YamlTree.Mapping fields = (YamlTree.Mapping) rule;
        for (YamlTree verb : fields.items("verbs")) {
          for (YamlTree resource : fields.items("resources")) {
            allowed.add(
                ((YamlTree.Scalar) verb).text() + " " + ((YamlTree.Scalar) resource).text());
          }
        }
      }
    }
    return allowed;
  }

  private static StatusWrite write(String uid, String address) {
    return new StatusWrite(
        WEB,
        uid,
        List.of(IpAddress.of(address)),
        List.of(ALLOCATED),
        Optional.of(new ClusterPort.Event(Severity.NORMAL, "Allocated", "has " + address)));
  }
}
