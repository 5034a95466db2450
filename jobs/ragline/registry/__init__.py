from ragline.runtime.quiet import quiet_libraries

# MLflow decides when it is imported whether it reports its use to its makers, and modules of this package import it.
quiet_libraries()
