"""The fields of the messages of Kubernetes' other groups, and of what all share.

The form is told in `schema.py`. Source: the .proto files of k8s.io/api and k8s.io/apimachinery.
"""

TABLE = """
AggregationRule = clusterRoleSelectors:1:[LabelSelector]
AuditAnnotation = key:1:string! valueExpression:2:string!
BoundObjectReference = kind:1:string apiVersion:2:string name:3:string uid:4:string
ClusterRole = metadata:1:ObjectMeta rules:2:[PolicyRule] aggregationRule:3:AggregationRule
ClusterRoleBinding = metadata:1:ObjectMeta subjects:2:[Subject] roleRef:3:RoleRef!
Condition = type:1:string! status:2:string! observedGeneration:3:int64 lastTransitionTime:4:Time reason:5:string
  message:6:string
ControllerRevision = metadata:1:ObjectMeta data:2:object revision:3:int64!
CronJob = metadata:1:ObjectMeta spec:2:CronJobSpec! status:3:CronJobStatus
CronJobSpec = schedule:1:string! timeZone:8:string startingDeadlineSeconds:2:int64? concurrencyPolicy:3:string
  suspend:4:bool? jobTemplate:5:JobTemplateSpec! successfulJobsHistoryLimit:6:int32? failedJobsHistoryLimit:7:int32?
CronJobStatus = active:1:[ObjectReference] lastScheduleTime:4:Time lastSuccessfulTime:5:Time
DaemonSet = metadata:1:ObjectMeta spec:2:DaemonSetSpec! status:3:DaemonSetStatus
DaemonSetCondition = type:1:string status:2:string lastTransitionTime:3:Time reason:4:string message:5:string
DaemonSetSpec = selector:1:LabelSelector! template:2:PodTemplateSpec! updateStrategy:3:DaemonSetUpdateStrategy
  minReadySeconds:4:int32 revisionHistoryLimit:6:int32?
DaemonSetStatus = currentNumberScheduled:1:int32! numberMisscheduled:2:int32! desiredNumberScheduled:3:int32!
  numberReady:4:int32! observedGeneration:5:int64 updatedNumberScheduled:6:int32 numberAvailable:7:int32
  numberUnavailable:8:int32 collisionCount:9:int32 conditions:10:[DaemonSetCondition]#type
DaemonSetUpdateStrategy = type:1:string rollingUpdate:2:RollingUpdateDaemonSet
DeleteOptions = gracePeriodSeconds:1:int64? preconditions:2:Preconditions orphanDependents:3:bool?
  propagationPolicy:4:string? dryRun:5:[string]
Deployment = metadata:1:ObjectMeta spec:2:DeploymentSpec! status:3:DeploymentStatus
DeploymentCondition = type:1:string status:2:string lastUpdateTime:6:Time lastTransitionTime:7:Time reason:4:string
  message:5:string
DeploymentSpec = replicas:1:int32? selector:2:LabelSelector! template:3:PodTemplateSpec! strategy:4:DeploymentStrategy
  minReadySeconds:5:int32 revisionHistoryLimit:6:int32? paused:7:bool progressDeadlineSeconds:9:int32?
DeploymentStatus = observedGeneration:1:int64 replicas:2:int32? updatedReplicas:3:int32 readyReplicas:7:int32
  availableReplicas:4:int32 unavailableReplicas:5:int32 terminatingReplicas:9:int32
  conditions:6:[DeploymentCondition]#type collisionCount:8:int32
DeploymentStrategy = type:1:string rollingUpdate:2:RollingUpdateDeployment
Eviction = metadata:1:ObjectMeta deleteOptions:2:DeleteOptions
ExpressionWarning = fieldRef:2:string! warning:3:string!
FieldSelectorAttributes = rawSelector:1:string requirements:2:[FieldSelectorRequirement]
FieldSelectorRequirement = key:1:string! operator:2:string! values:3:[string]
IPBlock = cidr:1:string! except:2:[string]
Job = metadata:1:ObjectMeta spec:2:JobSpec status:3:JobStatus
JobCondition = type:1:string! status:2:string! lastProbeTime:3:Time lastTransitionTime:4:Time reason:5:string
  message:6:string
JobSpec = parallelism:1:int32? completions:2:int32? activeDeadlineSeconds:3:int64?
  podFailurePolicy:11:PodFailurePolicy successPolicy:16:SuccessPolicy backoffLimit:7:int32?
  backoffLimitPerIndex:12:int32 maxFailedIndexes:13:int32 selector:4:LabelSelector manualSelector:5:bool?
  template:6:PodTemplateSpec! ttlSecondsAfterFinished:8:int32? completionMode:9:string suspend:10:bool?
  podReplacementPolicy:14:string managedBy:15:string
JobStatus = conditions:1:[JobCondition]#type startTime:2:Time completionTime:3:Time active:4:int32 succeeded:5:int32
  failed:6:int32 terminating:11:int32 completedIndexes:7:string failedIndexes:10:string
  uncountedTerminatedPods:8:UncountedTerminatedPods ready:9:int32
JobTemplateSpec = metadata:1:ObjectMeta spec:2:JobSpec
LabelSelector = matchLabels:1:map matchExpressions:2:[LabelSelectorRequirement]
LabelSelectorAttributes = rawSelector:1:string requirements:2:[LabelSelectorRequirement]
LabelSelectorRequirement = key:1:string! operator:2:string! values:3:[string]
LocalSubjectAccessReview = metadata:1:ObjectMeta spec:2:SubjectAccessReviewSpec! status:3:SubjectAccessReviewStatus
ManagedFieldsEntry = manager:1:string operation:2:string apiVersion:3:string time:4:Time fieldsType:6:string
  fieldsV1:7:object subresource:8:string
MatchCondition = name:1:string! expression:2:string!
MatchResources = namespaceSelector:1:LabelSelector objectSelector:2:LabelSelector
  resourceRules:3:[NamedRuleWithOperations] excludeResourceRules:4:[NamedRuleWithOperations] matchPolicy:7:string
NamedRuleWithOperations = resourceNames:1:[string] ruleWithOperations:2:RuleWithOperations^
NetworkPolicy = metadata:1:ObjectMeta spec:2:NetworkPolicySpec
NetworkPolicyEgressRule = ports:1:[NetworkPolicyPort] to:2:[NetworkPolicyPeer]
NetworkPolicyIngressRule = ports:1:[NetworkPolicyPort] from:2:[NetworkPolicyPeer]
NetworkPolicyPeer = podSelector:1:LabelSelector namespaceSelector:2:LabelSelector ipBlock:3:IPBlock
NetworkPolicyPort = protocol:1:string port:2:IntOrString endPort:3:int32
NetworkPolicySpec = podSelector:1:LabelSelector ingress:2:[NetworkPolicyIngressRule]
  egress:3:[NetworkPolicyEgressRule] policyTypes:4:[string]
NonResourceAttributes = path:1:string verb:2:string
NonResourceRule = verbs:1:[string]! nonResourceURLs:2:[string]
ObjectMeta = name:1:string generateName:2:string namespace:3:string selfLink:4:string uid:5:string
  resourceVersion:6:string generation:7:int64 creationTimestamp:8:Time deletionTimestamp:9:Time
  deletionGracePeriodSeconds:10:int64? labels:11:map annotations:12:map ownerReferences:13:[OwnerReference]#uid
  finalizers:14:[string]#set managedFields:17:[ManagedFieldsEntry]
Overhead = podFixed:1:quantities
OwnerReference = kind:1:string! name:3:string! uid:4:string! apiVersion:5:string! controller:6:bool?
  blockOwnerDeletion:7:bool?
ParamKind = apiVersion:1:string kind:2:string
ParamRef = name:1:string namespace:2:string selector:3:LabelSelector parameterNotFoundAction:4:string
PodDisruptionBudget = metadata:1:ObjectMeta spec:2:PodDisruptionBudgetSpec status:3:PodDisruptionBudgetStatus
PodDisruptionBudgetSpec = minAvailable:1:IntOrString selector:2:LabelSelector maxUnavailable:3:IntOrString
  unhealthyPodEvictionPolicy:4:string
PodDisruptionBudgetStatus = observedGeneration:1:int64 disruptedPods:2:object disruptionsAllowed:3:int32
  currentHealthy:4:int32 desiredHealthy:5:int32 expectedPods:6:int32 conditions:7:[Condition]#type
PodFailurePolicy = rules:1:[PodFailurePolicyRule]!
PodFailurePolicyOnExitCodesRequirement = containerName:1:string operator:2:string! values:3:[int32]!
PodFailurePolicyOnPodConditionsPattern = type:1:string! status:2:string
PodFailurePolicyRule = action:1:string! onExitCodes:2:PodFailurePolicyOnExitCodesRequirement
  onPodConditions:3:[PodFailurePolicyOnPodConditionsPattern]
PolicyRule = verbs:1:[string]! apiGroups:2:[string] resources:3:[string] resourceNames:4:[string]
  nonResourceURLs:5:[string]
PriorityClass = metadata:1:ObjectMeta value:2:int32 globalDefault:3:bool description:4:string
  preemptionPolicy:5:string
ReplicaSet = metadata:1:ObjectMeta spec:2:ReplicaSetSpec! status:3:ReplicaSetStatus
ReplicaSetCondition = type:1:string status:2:string lastTransitionTime:3:Time reason:4:string message:5:string
ReplicaSetSpec = replicas:1:int32? minReadySeconds:4:int32 selector:2:LabelSelector! template:3:PodTemplateSpec
ReplicaSetStatus = replicas:1:int32! fullyLabeledReplicas:2:int32 readyReplicas:4:int32 availableReplicas:5:int32
  terminatingReplicas:7:int32 observedGeneration:3:int64 conditions:6:[ReplicaSetCondition]#type
ResourceAttributes = namespace:1:string verb:2:string group:3:string version:4:string resource:5:string
  subresource:6:string name:7:string fieldSelector:8:FieldSelectorAttributes labelSelector:9:LabelSelectorAttributes
ResourceRule = verbs:1:[string]! apiGroups:2:[string] resources:3:[string] resourceNames:4:[string]
Role = metadata:1:ObjectMeta rules:2:[PolicyRule]
RoleBinding = metadata:1:ObjectMeta subjects:2:[Subject] roleRef:3:RoleRef!
RoleRef = apiGroup:1:string kind:2:string! name:3:string!
RollingUpdateDaemonSet = maxUnavailable:1:IntOrString maxSurge:2:IntOrString
RollingUpdateDeployment = maxUnavailable:1:IntOrString maxSurge:2:IntOrString
RollingUpdateStatefulSetStrategy = partition:1:int32? maxUnavailable:2:IntOrString
Rule = apiGroups:1:[string] apiVersions:2:[string] resources:3:[string] scope:4:string
RuleWithOperations = operations:1:[string] rule:2:Rule^
RuntimeClass = metadata:1:ObjectMeta handler:2:string! overhead:3:Overhead scheduling:4:Scheduling
Scale = metadata:1:ObjectMeta spec:2:ScaleSpec status:3:ScaleStatus
ScaleSpec = replicas:1:int32?
ScaleStatus = replicas:1:int32! selector:2:string
Scheduling = nodeSelector:1:map tolerations:2:[Toleration]
SelfSubjectAccessReview = metadata:1:ObjectMeta spec:2:SelfSubjectAccessReviewSpec! status:3:SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec = resourceAttributes:1:ResourceAttributes nonResourceAttributes:2:NonResourceAttributes
SelfSubjectReview = metadata:1:ObjectMeta status:2:SelfSubjectReviewStatus
SelfSubjectReviewStatus = userInfo:1:UserInfo
SelfSubjectRulesReview = metadata:1:ObjectMeta spec:2:SelfSubjectRulesReviewSpec! status:3:SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec = namespace:1:string
StatefulSet = metadata:1:ObjectMeta spec:2:StatefulSetSpec! status:3:StatefulSetStatus
StatefulSetCondition = type:1:string status:2:string lastTransitionTime:3:Time reason:4:string message:5:string
StatefulSetOrdinals = start:1:int32
StatefulSetPersistentVolumeClaimRetentionPolicy = whenDeleted:1:string whenScaled:2:string
StatefulSetSpec = replicas:1:int32? selector:2:LabelSelector! template:3:PodTemplateSpec!
  volumeClaimTemplates:4:[PersistentVolumeClaim] serviceName:5:string podManagementPolicy:6:string
  updateStrategy:7:StatefulSetUpdateStrategy revisionHistoryLimit:8:int32? minReadySeconds:9:int32
  persistentVolumeClaimRetentionPolicy:10:StatefulSetPersistentVolumeClaimRetentionPolicy
  ordinals:11:StatefulSetOrdinals
StatefulSetStatus = observedGeneration:1:int64 replicas:2:int32! readyReplicas:3:int32 currentReplicas:4:int32
  updatedReplicas:5:int32 currentRevision:6:string updateRevision:7:string collisionCount:9:int32
  conditions:10:[StatefulSetCondition]#type availableReplicas:11:int32
StatefulSetUpdateStrategy = type:1:string rollingUpdate:2:RollingUpdateStatefulSetStrategy
Subject = kind:1:string! apiGroup:2:string name:3:string! namespace:4:string
SubjectAccessReview = metadata:1:ObjectMeta spec:2:SubjectAccessReviewSpec! status:3:SubjectAccessReviewStatus
SubjectAccessReviewSpec = resourceAttributes:1:ResourceAttributes nonResourceAttributes:2:NonResourceAttributes
  user:3:string groups:4:[string] extra:5:listmap uid:6:string
SubjectAccessReviewStatus = allowed:1:bool! denied:4:bool reason:2:string evaluationError:3:string
SubjectRulesReviewStatus = resourceRules:1:[ResourceRule]! nonResourceRules:2:[NonResourceRule]! incomplete:3:bool!
  evaluationError:4:string
SuccessPolicy = rules:1:[SuccessPolicyRule]!
SuccessPolicyRule = succeededIndexes:1:string succeededCount:2:int32
TokenRequest = metadata:1:ObjectMeta spec:2:TokenRequestSpec status:3:TokenRequestStatus
TokenRequestSpec = audiences:1:[string] expirationSeconds:4:int64? boundObjectRef:3:BoundObjectReference
  attestations:5:object
TokenRequestStatus = token:1:string expirationTimestamp:2:Time
TypeChecking = expressionWarnings:1:[ExpressionWarning]
UncountedTerminatedPods = succeeded:1:[string] failed:2:[string]
UserInfo = username:1:string uid:2:string groups:3:[string] extra:4:listmap
ValidatingAdmissionPolicy = metadata:1:ObjectMeta spec:2:ValidatingAdmissionPolicySpec
  status:3:ValidatingAdmissionPolicyStatus
ValidatingAdmissionPolicyBinding = metadata:1:ObjectMeta spec:2:ValidatingAdmissionPolicyBindingSpec!
ValidatingAdmissionPolicyBindingSpec = policyName:1:string! paramRef:2:ParamRef matchResources:3:MatchResources
  validationActions:4:[string]!
ValidatingAdmissionPolicySpec = paramKind:1:ParamKind matchConstraints:2:MatchResources validations:3:[Validation]
  failurePolicy:4:string auditAnnotations:5:[AuditAnnotation] matchConditions:6:[MatchCondition]#name
  variables:7:[Variable]#name
ValidatingAdmissionPolicyStatus = observedGeneration:1:int64 typeChecking:2:TypeChecking conditions:3:[Condition]
Validation = expression:1:string message:2:string reason:3:string messageExpression:4:string
Variable = name:1:string expression:2:string
"""
