// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import io.gitlb.apiserver.resource.Answer;
import io.gitlb.apiserver.resource.FieldSelector;
import io.gitlb.apiserver.resource.LabelSelector;
import io.gitlb.apiserver.resource.ResourceKind;
import io.gitlb.apiserver.store.StoredObject;

/// Which objects of a kind a list or watch is about.
///
/// @param namespace empty for all
record Selection(String namespace, LabelSelector labels, FieldSelector fields) {

  static Answer<Selection> of(ResourceKind kind, String namespace, ApiRequest request) {
    return LabelSelector.parse(request.parameter("labelSelector"))
        .then(
            labels ->
                FieldSelector.parse(kind, request.parameter("fieldSelector"))
                    .map(fields -> new Selection(namespace, labels, fields)));
  }

  boolean matches(StoredObject object) {
    return (namespace.isEmpty() || object.key().namespace().equals(namespace))
        && labels.matches(object.tree())
        && fields.matches(object.tree());
  }
}
