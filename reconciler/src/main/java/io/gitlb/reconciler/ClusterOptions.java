// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.kubernetes.ClusterScope;
import io.gitlb.reconciler.kubernetes.LoadBalancerClasses;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of the Kubernetes side.
final class ClusterOptions {

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "default: the pod's service account, else $KUBECONFIG or ~/.kube/config")
  @Nullable Path kubeconfig;

  @Option(
      names = "--secrets-namespace",
      defaultValue = ClusterScope.SECRETS_NAMESPACE,
      paramLabel = "NAME",
      description =
          "the namespace of the Secrets with the passwords that BGPPeers name; all Secrets there"
              + " can be read, so have no others in it; an empty one: none is read (default:"
              + " ${DEFAULT-VALUE})")
  String secretsNamespace = ClusterScope.SECRETS_NAMESPACE;

  @Option(
      names = "--load-balancer-class",
      paramLabel = "CLASS",
      description =
          "serve Services of this loadBalancerClass; several with commas between or one each; an"
              + " empty one stands for Services without a class (default: only those)")
  List<String> classes = List.of();

  /// What of the cluster is looked at.
  ClusterScope scope(List<String> problems) {
    return new ClusterScope(
        LoadBalancerClasses.parse(classes, problems::add),
        Optional.of(secretsNamespace).filter(name -> !name.isBlank()));
  }
}
