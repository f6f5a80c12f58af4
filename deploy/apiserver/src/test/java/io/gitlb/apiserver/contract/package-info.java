// SPDX-License-Identifier: Apache-2.0
/// The API contract: what GitLB relies on of a Kubernetes API server, one test per claim. Runs
/// against the stand-in, or against any server when the system property or environment variable
/// `gitlb.contract.kubeconfig` (`GITLB_CONTRACT_KUBECONFIG`) names a kubeconfig file. The
/// kubeconfig has to hold a token or a client certificate, and the right to do everything.
@NullMarked
package io.gitlb.apiserver.contract;

import org.jspecify.annotations.NullMarked;
