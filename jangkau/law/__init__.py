"""What the law says on any date: who is protected, who may and who must join. The full law comes later."""
